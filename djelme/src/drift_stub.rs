//! stub
use djelme_core::template::Template;
use serde_json::Value;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DriftKind {
    InSync,
    Newer,
    Missing,
    Foreign,
    Other,
}
#[derive(Debug, Clone)]
pub struct TemplateDrift(DriftKind);
impl TemplateDrift {
    pub fn new(_w: &Template, f: Option<&Template>) -> Self {
        Self(if f.is_some() { DriftKind::InSync } else { DriftKind::Missing })
    }
    pub fn kind(&self) -> DriftKind {
        self.0
    }
    pub fn stands_against_writes(&self) -> Option<String> {
        (self.0 == DriftKind::Missing).then(|| "no template".into())
    }
}
impl std::fmt::Display for TemplateDrift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}", self.0)
    }
}
#[derive(Debug, Clone)]
pub struct IndexDrift {
    pub index: String,
}
impl IndexDrift {
    pub fn new(_w: &Template, index: String, _m: &Value) -> Self {
        Self { index }
    }
    pub fn kind(&self) -> DriftKind {
        DriftKind::InSync
    }
    pub fn unmendable(&self) -> impl Iterator<Item = String> {
        std::iter::empty()
    }
    pub fn additions(&self) -> Option<Value> {
        None
    }
    pub fn added_fields(&self) -> Vec<String> {
        vec![]
    }
}
impl std::fmt::Display for IndexDrift {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.index)
    }
}
