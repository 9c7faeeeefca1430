//! The options of a record type, as its annotations give them.

use std::time::Duration;

use crate::compat::Compat;
use crate::json_const::JsonConst;
use crate::time::TimeDepth;

/// What happens when a record's id is already taken in its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnConflict {
    /// The newer record takes the older one's place, as in the Python package.
    Replace,
    /// The older record stays, and the newer one is reported as a duplicate.
    Keep,
}

/// How far from now an event may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Accept {
    /// The oldest accepted, counted back from now; `None`: any age that has not yet expired.
    pub past: Option<Duration>,
    /// The farthest in the future; `None`: one day.
    pub future: Option<Duration>,
}

/// The keys of `#[djelme(..)]` on a struct; `None` where the annotation says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct TypeOptions {
    /// `app_label = ".."`.
    pub app_label: Option<&'static str>,
    /// `recordtype_name = ".."`; otherwise the struct's name.
    pub recordtype_name: Option<&'static str>,
    /// `timedepth = ..`; otherwise the default depth of the settings.
    pub timedepth: Option<TimeDepth>,
    /// `template = ".._*"`: the index pattern, whose stem takes the place of `app_type_`.
    pub template: Option<&'static str>,
    /// `template_name = ".."`.
    pub template_name: Option<&'static str>,
    /// `index_prefix = ".."`; otherwise the backend's prefix.
    pub index_prefix: Option<&'static str>,
    /// `backend = ".."`; otherwise the only or the default one.
    pub backend: Option<&'static str>,
    /// `expires_after = "90d"`: how long after the end of its period an index may be deleted.
    pub expires_after: Option<Duration>,
    /// `settings(..)`: index settings.
    pub settings: Option<JsonConst>,
    /// `analysis(..)`: analyzers, tokenizers and filters.
    pub analysis: Option<JsonConst>,
    /// `unique_together(..)`: the fields that make the id.
    pub unique_together: Option<&'static [&'static str]>,
    /// `on_conflict = ".."`.
    pub on_conflict: Option<OnConflict>,
    /// `double_click = ".."`: clicks of one visitor that follow each other within this time are one action.
    pub double_click: Option<Duration>,
    /// `accept(past = "..", future = "..")`.
    pub accept: Option<Accept>,
    /// `priority = ..` of the index template.
    pub priority: Option<u32>,
    /// `compat = ".."`: the other program that has these records too.
    pub compat: Option<Compat>,
}

macro_rules! first_of {
    ($own:ident, $base:ident: $($key:ident)*) => {
        Self { $($key: if $own.$key.is_some() { $own.$key } else { $base.$key },)* }
    };
}

impl TypeOptions {
    /// No options at all.
    pub const NONE: Self = Self {
        app_label: None,
        recordtype_name: None,
        timedepth: None,
        template: None,
        template_name: None,
        index_prefix: None,
        backend: None,
        expires_after: None,
        settings: None,
        analysis: None,
        unique_together: None,
        on_conflict: None,
        double_click: None,
        accept: None,
        priority: None,
        compat: None,
    };

    /// These options, and the base's where these say nothing. An option is inherited whole: a type's own
    /// `settings(..)` take the place of the base's.
    #[must_use]
    pub const fn or(self, base: Self) -> Self {
        first_of!(self, base: app_label recordtype_name timedepth template template_name index_prefix backend
            expires_after settings analysis unique_together on_conflict double_click accept priority compat)
    }

    /// These options, with these unique fields if there are none: a report is one of a kind in its cycle.
    #[doc(hidden)]
    #[must_use]
    pub const fn or_unique(self, fields: &'static [&'static str]) -> Self {
        match self.unique_together {
            Some(_) => self,
            None => Self { unique_together: Some(fields), ..self },
        }
    }
}
