//! Index templates.

use std::sync::Arc;

use djelme_core::backend::Overlap;
use djelme_core::template::Template;

use crate::error::Refusal;
use crate::schema::Schema;
use crate::settings;
use crate::store::{Catalog, Store, name, pattern};

/// What the engine takes beside settings and mappings.
const KNOWN_ABOUT: [&str; 3] = ["version", "allow_auto_create", "deprecated"];

/// The template of this name.
pub(crate) fn get(store: &Store, name: &str) -> Option<Template> {
    store.snapshot().catalog.templates.get(name).map(|template| Template::clone(template))
}

/// Tries the template without storing it: the others that it overlaps with.
pub(crate) fn simulate(store: &Store, template: &Template) -> Result<Vec<Overlap>, Refusal> {
    let catalog = &store.snapshot().catalog;
    check(catalog, template)?;
    Ok(overlapping(catalog, template))
}

/// Stores the template under its name.
pub(crate) fn put(store: &Store, template: &Template) -> Result<(), Refusal> {
    // Settings are given back as Elasticsearch does it: all below `index`.
    let stored = Template { settings: settings::nested(&template.settings), ..template.clone() };
    store.change(|catalog| {
        check(catalog, template)?;
        catalog.templates.insert(stored.name.clone(), Arc::new(stored));
        Ok(())
    })
}

/// Deletes the template. `false` if there was none.
pub(crate) fn delete(store: &Store, name: &str) -> Result<bool, Refusal> {
    if get(store, name).is_none() {
        return Ok(false);
    }
    store.change(|catalog| Ok(catalog.templates.remove(name).is_some()))
}

/// Refuses what Elasticsearch refuses, and what the engine cannot do.
fn check(catalog: &Catalog, template: &Template) -> Result<(), Refusal> {
    if template.index_patterns.is_empty() {
        return Err(Refusal::illegal("There must be at least one pattern, zero given"));
    }
    let problems: Vec<String> =
        name_problem(&template.name).into_iter().chain(pattern_problems(&template.index_patterns)).collect();
    if !problems.is_empty() {
        return Err(settings::invalid(&template.name, &problems));
    }
    if let Some(key) = template.more_about.keys().find(|key| !KNOWN_ABOUT.contains(&key.as_str())) {
        return Err(Refusal::unsupported(format_args!("[{key}] of index templates")));
    }
    if let Some((key, _)) = template.more.iter().find(|(_, value)| !is_empty(value)) {
        return Err(Refusal::unsupported(format_args!("[template.{key}] of index templates")));
    }
    if !template.composed_of.is_empty() {
        let what = format_args!("component templates: [composed_of] {:?}", template.composed_of).to_string();
        return Err(Refusal::unsupported(what));
    }
    settings::check(&template.name, &template.settings)?;
    Schema::new(&template.mappings, &settings::nested(&template.settings))?;
    check_priority(catalog, template)
}

/// Whether a value says nothing, such as `aliases: {}`.
fn is_empty(value: &serde_json::Value) -> bool {
    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty)
}

fn name_problem(name: &str) -> Option<String> {
    let has = |letter: char| name.contains(letter);
    let problem = match () {
        () if has(' ') => "name must not contain a space",
        () if has(',') => "name must not contain a ','",
        () if has('#') => "name must not contain a '#'",
        () if has('*') => "name must not contain a '*'",
        () if name.starts_with('_') => "name must not start with '_'",
        () if name.to_lowercase() != name => "name must be lower cased",
        () => return None,
    };
    Some(problem.to_owned())
}

fn pattern_problems(patterns: &[String]) -> impl Iterator<Item = String> + '_ {
    patterns.iter().flat_map(|pattern| {
        let has = |letter: char| pattern.contains(letter);
        let mut problems = Vec::new();
        if has(' ') {
            problems.push(format!("index_patterns [{pattern}] must not contain a space"));
        }
        for letter in [',', '#', ':'].into_iter().filter(|letter| has(*letter)) {
            problems.push(format!("index_pattern [{pattern}] must not contain a '{letter}'"));
        }
        if pattern.starts_with('_') {
            problems.push(format!("index_pattern [{pattern}] must not start with '_'"));
        }
        if pattern.contains(|letter| letter != '*' && name::FORBIDDEN.contains(&letter)) {
            let forbidden = name::FORBIDDEN_WORDS;
            problems.push(format!(
                "index_pattern [{pattern}] must not contain the following characters {forbidden}"
            ));
        }
        problems
    })
}

/// Refuses a template of which nobody could say whether it or another makes an index.
fn check_priority(catalog: &Catalog, template: &Template) -> Result<(), Refusal> {
    let priority = template.priority.unwrap_or_default();
    let rivals: Vec<Overlap> = overlapping(catalog, template)
        .into_iter()
        .filter(|other| other.priority.unwrap_or_default() == priority)
        .collect();
    if rivals.is_empty() {
        return Ok(());
    }
    let names: Vec<&str> = rivals.iter().map(|other| other.name.as_str()).collect();
    let patterns: Vec<String> = rivals
        .iter()
        .map(|other| format!("{} => [{}]", other.name, other.index_patterns.join(", ")))
        .collect();
    Err(Refusal::illegal(format!(
        "index template [{}] has index patterns [{}] matching patterns from existing templates [{}] with patterns \
         ({}) that have the same priority [{priority}], multiple index templates may not match during index \
         creation, please use a different priority",
        template.name,
        template.index_patterns.join(", "),
        names.join(","),
        patterns.join(",")
    )))
}

/// The other templates with a pattern that some name fits together with one of this.
fn overlapping(catalog: &Catalog, template: &Template) -> Vec<Overlap> {
    let overlaps = |other: &Template| {
        let theirs = &other.index_patterns;
        template.index_patterns.iter().any(|ours| theirs.iter().any(|theirs| pattern::overlap(ours, theirs)))
    };
    let others = catalog.templates.values().filter(|other| other.name != template.name && overlaps(other));
    others
        .map(|other| Overlap {
            name: other.name.clone(),
            index_patterns: other.index_patterns.clone(),
            priority: Some(other.priority.unwrap_or_default()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn named(name: &str, patterns: &[&str], priority: u64) -> Template {
        let mappings = json!({ "dynamic": "strict", "properties": { "k": { "type": "keyword" } } });
        Template {
            name: name.to_owned(),
            index_patterns: patterns.iter().map(|pattern| (*pattern).to_owned()).collect(),
            priority: Some(priority),
            mappings: mappings.as_object().unwrap().clone(),
            ..Template::default()
        }
    }

    fn refused(store: &Store, template: &Template) -> Refusal {
        let refusal = put(store, template).unwrap_err();
        assert_eq!(simulate(store, template).unwrap_err(), refusal);
        assert_eq!(get(store, &template.name), None);
        refusal
    }

    #[test]
    fn a_template_is_given_back_as_it_was_put() {
        let store = Store::in_memory().unwrap();
        let mut template = named("t", &["a_*"], 500);
        template.settings = json!({ "index": { "number_of_replicas": "2" } }).as_object().unwrap().clone();
        template.meta.insert("djelme".into(), json!({ "version": "1" }));
        put(&store, &template).unwrap();
        assert_eq!(get(&store, "t"), Some(template.clone()));
        put(&store, &template).unwrap();
        assert!(delete(&store, "t").unwrap());
        assert!(!delete(&store, "t").unwrap());
        assert_eq!(get(&store, "t"), None);
    }

    /// Reasons as Elasticsearch 8.19.8 gave them.
    #[test]
    fn templates_of_one_priority_may_not_overlap() {
        let store = Store::in_memory().unwrap();
        put(&store, &named("zst_a", &["zst_a*"], 500)).unwrap();
        let rival = named("zst_b", &["zst_ab*", "zst_*b"], 500);
        assert_eq!(
            refused(&store, &rival).reason,
            "index template [zst_b] has index patterns [zst_ab*, zst_*b] matching patterns from existing templates \
             [zst_a] with patterns (zst_a => [zst_a*]) that have the same priority [500], multiple index templates \
             may not match during index creation, please use a different priority"
        );
        let overlaps = simulate(&store, &named("zst_b", &["zst_*b"], 501)).unwrap();
        let expected =
            Overlap { name: "zst_a".into(), index_patterns: vec!["zst_a*".into()], priority: Some(500) };
        assert_eq!(overlaps, [expected]);
        put(&store, &named("zst_b", &["zst_*b"], 501)).unwrap();
        let snapshot = store.snapshot();
        let wins = |index: &str| snapshot.catalog.template_for(index).map(|template| template.name.clone());
        assert_eq!(wins("zst_ab").as_deref(), Some("zst_b"));
        assert_eq!(wins("zst_ac").as_deref(), Some("zst_a"));
        assert_eq!(wins("other"), None);
    }

    #[test]
    fn what_elasticsearch_refuses_is_refused_in_its_words() {
        let store = Store::in_memory().unwrap();
        for (template, problem) in [
            (named("D", &["d*"], 1), "1: name must be lower cased;"),
            (named("d*", &["d*"], 1), "1: name must not contain a '*';"),
            (named("d", &["_foo"], 1), "1: index_pattern [_foo] must not start with '_';"),
            (named("d", &["d:x*"], 1), "1: index_pattern [d:x*] must not contain a ':';"),
            (
                named("d", &["Zst D*"], 1),
                "1: index_patterns [Zst D*] must not contain a space;2: index_pattern [Zst D*] must not contain \
                 the following characters [' ','\"','*',',','/','<','>','?','\\','|'];",
            ),
        ] {
            let refusal = refused(&store, &template);
            let name = &template.name;
            let reason = format!("index_template [{name}] invalid, cause [Validation Failed: {problem}]");
            assert_eq!(refusal.reason, reason);
            assert_eq!(refusal.error_type, "invalid_index_template_exception");
        }
        let refusal = refused(&store, &named("d", &[], 1));
        assert_eq!(refusal.reason, "There must be at least one pattern, zero given");
    }

    #[test]
    fn what_the_engine_lacks_is_refused_by_name() {
        let store = Store::in_memory().unwrap();
        let of = |change: &dyn Fn(&mut Template)| {
            let mut template = named("t", &["a_*"], 500);
            change(&mut template);
            refused(&store, &template)
        };
        let refusal = of(&|template| template.composed_of.push("base".into()));
        assert!(refusal.reason.contains("[composed_of] [\"base\"]"), "{refusal}");
        let refusal = of(&|template| drop(template.more_about.insert("data_stream".into(), json!({}))));
        assert!(refusal.reason.contains("[data_stream]"), "{refusal}");
        let refusal = of(&|template| drop(template.more.insert("aliases".into(), json!({ "a": {} }))));
        assert!(refusal.reason.contains("[template.aliases]"), "{refusal}");
        let refusal = of(&|template| {
            drop(template.mappings.insert("properties".into(), json!({ "v": { "type": "dense_vector" } })));
        });
        assert!(refusal.reason.contains("dense_vector"), "{refusal}");
    }
}
