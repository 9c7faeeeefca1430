//! What the indexes and templates of a record type are called.
//!
//! Names are byte-equal to those of the Python package (`util/timeseries_naming.py` and `imps/elastic8.py` of
//! django-elasticsearch-metrics): `prefix` + `app_type_` + unpadded time parts + a dot, such as
//! `shop_pageview_2026.2.14.`. Without padding and with the dot at the end, `shop_pageview_2026.2.*` matches
//! February with all that is finer, and neither December nor the year.

mod rules;

use crate::error::{Error, Result};
use crate::time::{TimeDepth, TimeParts};

/// What a [`Naming`] is made of: the options of the record type and the settings that apply to it.
#[derive(Debug, Clone, Copy)]
pub struct NamingSource<'a> {
    /// Put before every name as it is; may be empty.
    pub prefix: &'a str,
    /// The application that the type belongs to.
    pub app_label: &'a str,
    /// The name of the type within its application.
    pub recordtype_name: &'a str,
    /// An index pattern in place of `app_type_*`. It ends in `_*`; what comes before the star is the stem.
    pub template: Option<&'a str>,
    /// The name of the template in place of `app_type__template`.
    pub template_name: Option<&'a str>,
    /// How finely the records are spread over indexes; `None` for a type with one index.
    pub depth: Option<TimeDepth>,
}

/// The names of one record type: its indexes, its template and their pattern.
///
/// ```
/// use djelme_core::naming::{Naming, NamingSource};
/// use djelme_core::time::{TimeDepth, TimeParts};
///
/// let naming = Naming::new(NamingSource {
///     prefix: "",
///     app_label: "My_Shop",
///     recordtype_name: "Page_View",
///     template: None,
///     template_name: None,
///     depth: Some(TimeDepth::Month),
/// })?;
/// assert_eq!(naming.index_name(TimeParts::parse("2026.2.14")?)?, "myshop_pageview_2026.2.");
/// assert_eq!(naming.parse("myshop_pageview_2026.2.")?.to_string(), "2026.2");
/// assert_eq!(naming.pattern(), "myshop_pageview_*");
/// assert_eq!(naming.template_name(), "myshop_pageview__template");
/// # Ok::<(), djelme_core::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Naming {
    stem: String,
    pattern: String,
    template_name: String,
    depth: Option<TimeDepth>,
}

impl Naming {
    /// Resolves and checks the names.
    ///
    /// The app label and the type name are written in lower case and without `_`, so that `_` divides the name into
    /// its parts; a type with one index keeps its `_`, as in Python. The prefix stays as it is.
    ///
    /// # Errors
    /// [`Error::Definition`] if a part has letters that are not allowed, or Elasticsearch would refuse an index of
    /// that name: upper case, one of `\ / * ? " < > | , # :` or a space, `-`, `_` or `+` at the start, more than
    /// 255 bytes.
    pub fn new(source: NamingSource<'_>) -> Result<Self> {
        Self::resolve(source)
            .map_err(|problem| Error::Definition { record_type: source.recordtype_name.to_owned(), problem })
    }

    fn resolve(source: NamingSource<'_>) -> Result<Self, String> {
        let keep_delimiters = source.depth.is_none();
        let app_label = rules::clean("app_label", source.app_label, keep_delimiters)?;
        let recordtype =
            rules::clean("the name of the record type", source.recordtype_name, keep_delimiters)?;
        rules::check_prefix(source.prefix)?;
        let own_stem = match (source.template, source.depth) {
            (Some(template), Some(_)) => rules::template_stem(template)?.to_owned(),
            (Some(template), None) => {
                return Err(format!(
                    "template = \"{template}\" needs a time depth: this type has one index, not a pattern"
                ));
            }
            (None, Some(_)) => format!("{app_label}_{recordtype}_"),
            (None, None) => format!("{app_label}_{recordtype}"),
        };
        let own_template_name = match source.template_name {
            Some(given) => given.to_owned(),
            None => format!("{app_label}_{recordtype}__template"),
        };
        let stem = format!("{}{own_stem}", source.prefix);
        let longest_time =
            source.depth.map_or("", |depth| &"9999.12.31.23."[..usize::from(depth.number()) * 3 + 2]);
        rules::check_index_name(&stem, longest_time)?;
        let template_name = format!("{}{own_template_name}", source.prefix);
        rules::check_template_name(&template_name)?;
        let pattern = if source.depth.is_some() { format!("{stem}*") } else { stem.clone() };
        Ok(Self { stem, pattern, template_name, depth: source.depth })
    }

    /// What all names start with, the prefix included: `shop_pageview_`. For a type with one index, its whole name.
    #[must_use]
    pub fn stem(&self) -> &str {
        &self.stem
    }

    /// How finely the records are spread over indexes; `None` for a type with one index.
    #[must_use]
    pub fn depth(&self) -> Option<TimeDepth> {
        self.depth
    }

    /// The pattern of the type's template: every index of the type, `shop_pageview_*`.
    #[must_use]
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The name of the type's index template: `shop_pageview__template`.
    #[must_use]
    pub fn template_name(&self) -> &str {
        &self.template_name
    }

    /// The name of the index that holds the time: its parts padded or truncated to the depth of the type.
    ///
    /// # Errors
    /// [`Error::Time`] if there are no parts or the calendar has no such time; never for a type with one index.
    pub fn index_name(&self, parts: TimeParts) -> Result<String> {
        let Some(depth) = self.depth else { return Ok(self.stem.clone()) };
        let parts = parts.at_depth(depth);
        parts.start()?;
        Ok(format!("{}{parts}.", self.stem))
    }

    /// Appends the [`index_name`](Self::index_name) of an instant to `out`, without allocating beyond `out` itself.
    /// The parts are those of [`TimeParts::of`], so there is nothing left to check.
    pub fn append_index_name(&self, parts_of_instant: TimeParts, out: &mut Vec<u8>) {
        out.extend_from_slice(self.stem.as_bytes());
        if let Some(depth) = self.depth {
            parts_of_instant.at_depth(depth).append_to(out);
            out.push(b'.');
        }
    }

    /// The pattern of the indexes within the time, truncated to the depth of the type but not padded:
    /// `shop_pageview_2026.*` for the year 2026, everything for no parts.
    #[must_use]
    pub fn wildcard(&self, parts: &TimeParts) -> String {
        let Some(depth) = self.depth else { return self.stem.clone() };
        let parts = parts.resolve(depth.number(), false, true);
        if parts.is_empty() { self.pattern.clone() } else { format!("{}{parts}.*", self.stem) }
    }

    /// The time parts in the name of an index of this type, of whatever depth it was made (none to four parts).
    ///
    /// Only names that [`index_name`](Self::index_name) could have written at some depth are taken, so that nothing
    /// is deleted or searched because it looks similar.
    ///
    /// # Errors
    /// [`Error::IndexName`] for any other name.
    pub fn parse(&self, index: &str) -> Result<TimeParts> {
        let foreign = |reason: String| Error::IndexName { index: index.to_owned(), reason };
        let Some(rest) = index.strip_prefix(&self.stem) else {
            return Err(foreign(format!("its names start with \"{}\"", self.stem)));
        };
        if rest.is_empty() {
            return Ok(TimeParts::EMPTY);
        }
        if self.depth.is_none() {
            return Err(foreign(format!("its one index is \"{}\"", self.stem)));
        }
        let parts = TimeParts::parse(rest)
            .ok()
            .filter(|parts| parts.len() <= TimeDepth::ALL.len() && format!("{parts}.") == rest)
            .ok_or_else(|| {
                foreign(format!("\"{rest}\" is not one to four time parts, as in \"2026.2.14.\""))
            })?;
        match parts.start() {
            Ok(_) => Ok(parts),
            Err(Error::Time { reason, .. }) => Err(foreign(reason)),
            Err(other) => Err(other),
        }
    }

    /// Whether an index could belong to both types: equal stems, or one within the other's pattern. Two such types
    /// would read, and expire, each other's records.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        match (self.depth, other.depth) {
            (Some(_), Some(_)) => self.stem.starts_with(&other.stem) || other.stem.starts_with(&self.stem),
            (Some(_), None) => other.stem.starts_with(&self.stem),
            (None, Some(_)) => self.stem.starts_with(&other.stem),
            (None, None) => self.stem == other.stem,
        }
    }
}
