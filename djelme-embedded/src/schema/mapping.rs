//! Reads a mapping: the tree of objects, and the fields at its leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};
use tantivy::schema::Field;

use super::FieldType;
use super::names::{check_name, check_path, join};
use super::params::{Params, refused};
use super::types;
use crate::analysis::{Analyzer, Analyzers};
use crate::error::Refusal;

/// Elasticsearch's limit on objects within objects.
const MAX_DEPTH: usize = 20;

/// An object of the mapping; the root is one.
#[derive(Debug)]
pub(super) struct Object {
    /// The path; empty for the root.
    pub(super) path: String,
    pub(super) dynamic: Dynamic,
    pub(super) children: FxHashMap<String, Child>,
}

/// What is mapped under a name of an object.
#[derive(Debug)]
pub(super) struct Child {
    /// Of all children of the mapping, which.
    pub(super) number: usize,
    pub(super) node: Node,
}

#[derive(Debug)]
pub(super) enum Node {
    Object(Object),
    /// A place in the list of leaves.
    Leaf(usize),
    /// `enabled: false`: anything may stand there, and none of it is read.
    Disabled,
}

/// What becomes of a field that is not mapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dynamic {
    /// The document is refused.
    Strict,
    /// It stays in the document and is not indexed.
    Ignore,
    /// Elasticsearch would map it; this engine refuses the document.
    Map,
}

/// A field of the mapping with what a document needs to be read.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) field: FieldType,
    /// Whether the values are indexed at all.
    pub(super) kept: bool,
    /// Longer values are not indexed, in characters as Java counts them.
    pub(super) ignore_above: usize,
    pub(super) coerce: bool,
    pub(super) ignore_malformed: bool,
    pub(super) null_value: Option<Value>,
    /// Of a flattened field.
    pub(super) depth_limit: usize,
    /// The places of its multi-fields.
    pub(super) multi: Vec<usize>,
    /// The paths that get its values too, then their places.
    pub(super) copy_paths: Vec<String>,
    pub(super) copy_to: Vec<usize>,
    /// Its field in a table.
    pub(super) handle: Option<Field>,
    /// Of a flattened field: that of its keys.
    pub(super) keyed: Option<Field>,
}

/// A mapping as it was read.
#[derive(Debug)]
pub(super) struct Mapping {
    pub(super) root: Object,
    pub(super) leaves: Vec<Leaf>,
    pub(super) objects: BTreeSet<String>,
    /// How many children there are.
    pub(super) children: usize,
    /// The analyzers of its fields.
    pub(super) analyzers: BTreeMap<String, Arc<Analyzer>>,
}

/// Reads the mapping of an index.
pub(super) fn read(mappings: &Map<String, Value>, analyzers: &Analyzers) -> Result<Mapping, Refusal> {
    let mut reader = Reader {
        known: analyzers,
        leaves: Vec::new(),
        objects: BTreeSet::new(),
        children: 0,
        analyzers: BTreeMap::new(),
    };
    let dynamic = root_parameters(mappings)?;
    let mut root = Object { path: String::new(), dynamic, children: FxHashMap::default() };
    if let Some(properties) = mappings.get("properties") {
        reader.properties(properties, &mut root, 1)?;
    }
    reader.resolve_copies()?;
    let Reader { leaves, objects, children, analyzers, .. } = reader;
    Ok(Mapping { root, leaves, objects, children, analyzers })
}

/// Looks at all parameters of the root but `properties`.
fn root_parameters(mappings: &Map<String, Value>) -> Result<Dynamic, Refusal> {
    let mut dynamic = Dynamic::Map;
    for (key, value) in mappings {
        match key.as_str() {
            "dynamic" => dynamic = read_dynamic(value, "_doc")?,
            "properties" | "_meta" | "date_detection" | "numeric_detection" | "dynamic_date_formats" => {}
            "dynamic_templates" if is_empty(value) => {}
            "runtime" if is_empty(value) => {}
            "_source"
                if *value == serde_json::json!({}) || *value == serde_json::json!({ "enabled": true }) => {}
            "_routing" if *value == serde_json::json!({ "required": false }) => {}
            "subobjects" if matches!(value, Value::Bool(true)) => {}
            "dynamic_templates"
            | "runtime"
            | "_source"
            | "_routing"
            | "subobjects"
            | "_data_stream_timestamp" => {
                return Err(Refusal::unsupported(format_args!("the mapping parameter [{key}: {value}]")));
            }
            _ => {
                return Err(refused(format!(
                    "Root mapping definition has unsupported parameters:  [{key} : {value}]"
                )));
            }
        }
    }
    Ok(dynamic)
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty)
}

fn read_dynamic(value: &Value, path: &str) -> Result<Dynamic, Refusal> {
    match value.as_str().map_or_else(|| value.to_string(), str::to_lowercase).as_str() {
        "strict" => Ok(Dynamic::Strict),
        "false" => Ok(Dynamic::Ignore),
        "true" | "runtime" | "strict_allow_templates" => Err(Refusal::unsupported(format_args!(
            "`dynamic: {value}` of [{path}]: the engine maps no field by itself"
        ))),
        _ => Err(refused("Could not convert [dynamic.dynamic] to boolean")),
    }
}

struct Reader<'a> {
    known: &'a Analyzers,
    leaves: Vec<Leaf>,
    objects: BTreeSet<String>,
    children: usize,
    analyzers: BTreeMap<String, Arc<Analyzer>>,
}

impl Reader<'_> {
    fn properties(&mut self, properties: &Value, parent: &mut Object, depth: usize) -> Result<(), Refusal> {
        let properties =
            properties.as_object().ok_or_else(|| refused("properties must be a map type".to_owned()))?;
        for (name, definition) in properties {
            self.property(name, name, definition, parent, depth)?;
        }
        Ok(())
    }

    /// Reads a property. With dots in its name it stands within objects.
    fn property(
        &mut self,
        whole: &str,
        name: &str,
        definition: &Value,
        parent: &mut Object,
        depth: usize,
    ) -> Result<(), Refusal> {
        if let Some((first, rest)) = name.split_once('.') {
            let dynamic = parent.dynamic;
            let inner = self.object(first, dynamic, parent, depth)?;
            return self.property(whole, rest, definition, inner, depth + 1);
        }
        let path = join(&parent.path, check_name(name)?);
        let Some(map) = definition.as_object() else {
            return Err(refused(format!(
                "Expected map for property [fields] on field [{whole}] but got {definition}"
            )));
        };
        let es_type = match map.get("type") {
            Some(Value::String(es_type)) => es_type.as_str(),
            Some(other) => return Err(refused(format!("the type of field [{path}] is no string: {other}"))),
            None if map.contains_key("properties")
                || map.contains_key("enabled")
                || map.contains_key("dynamic") =>
            {
                "object"
            }
            None => return Err(refused(format!("No type specified for field [{name}]"))),
        };
        if es_type == "object" {
            return self.object_definition(name, map, parent, depth);
        }
        let place = self.leaf(&path, name, es_type, map, false)?;
        self.insert(parent, name, Node::Leaf(place))
    }

    fn object_definition(
        &mut self,
        name: &str,
        definition: &Map<String, Value>,
        parent: &mut Object,
        depth: usize,
    ) -> Result<(), Refusal> {
        let mut dynamic = parent.dynamic;
        let mut enabled = true;
        let path = join(&parent.path, name);
        for (key, value) in definition {
            match key.as_str() {
                "type" | "properties" => {}
                "dynamic" => dynamic = read_dynamic(value, &path)?,
                "enabled" => enabled = super::params::boolean(value).map_err(refused)?,
                "subobjects" if *value == Value::Bool(true) => {}
                "subobjects" => {
                    return Err(Refusal::unsupported(format_args!(
                        "[subobjects: {value}] of field [{path}]"
                    )));
                }
                _ => {
                    return Err(refused(format!(
                        "Mapping definition for [{name}] has unsupported parameters:  [{key} : {value}]"
                    )));
                }
            }
        }
        if !enabled {
            self.objects.insert(path);
            return self.insert(parent, name, Node::Disabled);
        }
        let object = self.object(name, dynamic, parent, depth)?;
        object.dynamic = dynamic;
        match definition.get("properties") {
            Some(properties) => self.properties(properties, object, depth + 1),
            None => Ok(()),
        }
    }

    /// The object of this name, which is made if there is none.
    fn object<'o>(
        &mut self,
        name: &str,
        dynamic: Dynamic,
        parent: &'o mut Object,
        depth: usize,
    ) -> Result<&'o mut Object, Refusal> {
        let path = join(&parent.path, check_name(name)?);
        if depth >= MAX_DEPTH {
            return Err(Refusal::illegal(format!(
                "Limit of mapping depth [{MAX_DEPTH}] has been exceeded due to object field [{path}]"
            )));
        }
        if !parent.children.contains_key(name) {
            self.objects.insert(path.clone());
            let object = Object { path: path.clone(), dynamic, children: FxHashMap::default() };
            self.insert(parent, name, Node::Object(object))?;
        }
        match parent.children.get_mut(name) {
            Some(Child { node: Node::Object(object), .. }) => Ok(object),
            _ => {
                Err(refused(format!("mapper [{path}] cannot be changed from type [ObjectMapper] to a field")))
            }
        }
    }

    fn insert(&mut self, parent: &mut Object, name: &str, node: Node) -> Result<(), Refusal> {
        let child = Child { number: self.children, node };
        self.children += 1;
        if parent.children.insert(name.to_owned(), child).is_some() {
            let path = join(&parent.path, name);
            return Err(refused(format!("Field [{path}] is defined more than once")));
        }
        Ok(())
    }

    /// Reads a field with its multi-fields; its place among the leaves.
    fn leaf(
        &mut self,
        path: &str,
        name: &str,
        es_type: &str,
        definition: &Map<String, Value>,
        multi: bool,
    ) -> Result<usize, Refusal> {
        check_path(path)?;
        let mut params = Params::new(name, path, es_type, definition);
        let fields = params.take("fields");
        let mut leaf = types::leaf(&mut params, self.known)?;
        params.finish()?;
        for (name, analyzer) in types::analyzers(&leaf.field.kind, self.known)? {
            self.analyzers.insert(name, analyzer);
        }
        if let Some(fields) = fields {
            if multi {
                return Err(refused(format!(
                    "Encountered a multi-field [{name}] which itself contains a multi-field. Defining chained \
                     multi-fields is not supported."
                )));
            }
            leaf.multi = self.multi_fields(path, fields)?;
        }
        self.leaves.push(leaf);
        Ok(self.leaves.len() - 1)
    }

    fn multi_fields(&mut self, path: &str, fields: &Value) -> Result<Vec<usize>, Refusal> {
        let Some(fields) = fields.as_object() else {
            return Err(refused(format!("expected map for property [fields] on field [{path}]")));
        };
        let mut places = Vec::with_capacity(fields.len());
        for (name, definition) in fields {
            if name.contains('.') {
                return Err(refused(format!(
                    "Field name [{name}] which is a multi field of [{path}] cannot contain '.'"
                )));
            }
            let definition = definition.as_object().ok_or_else(|| {
                refused(format!("illegal field [{name}], only fields can be specified inside fields"))
            })?;
            let es_type = match definition.get("type").and_then(Value::as_str) {
                Some(es_type @ ("object" | "nested")) => {
                    return Err(refused(format!("Type [{es_type}] cannot be used in multi field")));
                }
                Some(es_type) => es_type,
                None => return Err(refused(format!("no type specified for property [{name}]"))),
            };
            places.push(self.leaf(&join(path, check_name(name)?), name, es_type, definition, true)?);
        }
        Ok(places)
    }

    /// Finds the fields that get the values of others.
    fn resolve_copies(&mut self) -> Result<(), Refusal> {
        let places: BTreeMap<&str, usize> =
            self.leaves.iter().enumerate().map(|(at, leaf)| (leaf.field.path.as_str(), at)).collect();
        let mut copies = Vec::with_capacity(self.leaves.len());
        for leaf in &self.leaves {
            let mut targets = Vec::with_capacity(leaf.copy_paths.len());
            for target in &leaf.copy_paths {
                match places.get(target.as_str()) {
                    Some(&place) => targets.push(place),
                    None if self.objects.contains(target) => {
                        return Err(Refusal::illegal(format!(
                            "Cannot copy to field [{target}] since it is mapped as an object"
                        )));
                    }
                    None => {
                        return Err(Refusal::unsupported(format_args!(
                            "[copy_to] of field [{}] to [{target}], which is not mapped",
                            leaf.field.path
                        )));
                    }
                }
            }
            copies.push(targets);
        }
        for (leaf, targets) in self.leaves.iter_mut().zip(copies) {
            leaf.copy_to = targets;
        }
        Ok(())
    }
}
