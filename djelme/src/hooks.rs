//! Hooks around saving and around the creation of index templates, by the names that users of Python know.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;

use bytes::Bytes;
use djelme_core::outcome::Outcome;
use djelme_core::record::Record;
use djelme_core::record_type::TypeRef;
use djelme_core::template::Template;
use djelme_core::{Error, Result};

/// A record's end, as `post_save` sees it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Saved<'a> {
    /// The record's type.
    pub record_type: &'a TypeRef,
    /// The index that it was meant for.
    pub index: &'a str,
    /// Its id.
    pub id: &'a str,
    /// How it ended.
    pub outcome: &'a Outcome,
    /// The document as sent, byte for byte.
    pub source: Bytes,
}

type PreSave = Box<dyn Fn(&dyn Any) -> Result<(), String> + Send + Sync>;
type PostSave = Box<dyn Fn(&Saved<'_>) + Send + Sync>;
type PreTemplate = Box<dyn Fn(&Template) -> Result<(), String> + Send + Sync>;
type PostTemplate = Box<dyn Fn(&Template) + Send + Sync>;

/// The hooks of one handle, each kind in the order in which they were added.
#[derive(Default)]
pub(crate) struct Hooks {
    pre_save: HashMap<TypeId, Vec<PreSave>>,
    post_save: Vec<PostSave>,
    pre_index_template_create: Vec<PreTemplate>,
    post_index_template_create: Vec<PostTemplate>,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hooks")
            .field("pre_save", &self.pre_save.values().map(Vec::len).sum::<usize>())
            .field("post_save", &self.post_save.len())
            .field("pre_index_template_create", &self.pre_index_template_create.len())
            .field("post_index_template_create", &self.post_index_template_create.len())
            .finish()
    }
}

impl Hooks {
    pub(crate) fn add_pre_save<R: Record>(
        &mut self,
        hook: impl Fn(&R) -> Result<(), String> + Send + Sync + 'static,
    ) {
        let typed = move |record: &dyn Any| record.downcast_ref::<R>().map_or(Ok(()), &hook);
        self.pre_save.entry(TypeId::of::<R>()).or_default().push(Box::new(typed));
    }

    pub(crate) fn add_post_save(&mut self, hook: impl Fn(&Saved<'_>) + Send + Sync + 'static) {
        self.post_save.push(Box::new(hook));
    }

    pub(crate) fn add_pre_template(
        &mut self,
        hook: impl Fn(&Template) -> Result<(), String> + Send + Sync + 'static,
    ) {
        self.pre_index_template_create.push(Box::new(hook));
    }

    pub(crate) fn add_post_template(&mut self, hook: impl Fn(&Template) + Send + Sync + 'static) {
        self.post_index_template_create.push(Box::new(hook));
    }

    /// Asks every `pre_save` hook of the record's type; the first refusal counts.
    pub(crate) fn pre_save<R: Record>(&self, record: &R) -> Result<()> {
        let hooks = self.pre_save.get(&TypeId::of::<R>()).into_iter().flatten();
        ask(hooks, |hook| hook(record), "pre_save", &R::TYPE.rust_name)
    }

    pub(crate) fn has_post_save(&self) -> bool {
        !self.post_save.is_empty()
    }

    pub(crate) fn post_save(&self, saved: &Saved<'_>) {
        self.post_save.iter().for_each(|hook| hook(saved));
    }

    pub(crate) fn pre_template(&self, template: &Template) -> Result<()> {
        let hooks = self.pre_index_template_create.iter();
        ask(hooks, |hook| hook(template), "pre_index_template_create", &template.name)
    }

    pub(crate) fn post_template(&self, template: &Template) {
        self.post_index_template_create.iter().for_each(|hook| hook(template));
    }
}

fn ask<H>(
    mut hooks: impl Iterator<Item = H>,
    call: impl Fn(H) -> Result<(), String>,
    hook: &'static str,
    subject: &str,
) -> Result<()> {
    hooks.try_for_each(call).map_err(|reason| Error::Refused { hook, subject: subject.to_owned(), reason })
}
