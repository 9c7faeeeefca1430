//! A request that differs, made smaller: documents and parts of it are left out as long as it still differs.

use serde_json::{Value, json};

use crate::judge::Judge;
use crate::sides::Sides;
use crate::topic::Topic;

/// Smaller topics that are tried at most.
const TRIES: usize = 80;

/// A failing request on its way to a small one.
pub(crate) struct Shrink<'a> {
    sides: &'a Sides,
    topic: Topic,
    tries: usize,
}

impl<'a> Shrink<'a> {
    /// This search of the topic, alone.
    pub(crate) fn new(sides: &'a Sides, topic: &Topic, search: &str) -> Self {
        let mut topic = topic.clone();
        topic.searches.retain(|(name, _)| name == search);
        Self { sides, topic, tries: TRIES }
    }

    /// The smallest topic found, as its file would be.
    pub(crate) async fn smallest(mut self) -> String {
        if !self.differs(&self.topic.clone()).await {
            return "alone, the request differs no more".to_owned();
        }
        self.request().await;
        self.documents().await;
        self.request().await;
        let searches: serde_json::Map<_, _> = self.topic.searches.iter().cloned().collect();
        let file = json!({
            "about": "Made up, and made small.",
            "mappings": self.topic.mappings,
            "documents": self.topic.documents,
            "searches": searches,
        });
        file.to_string()
    }

    async fn differs(&mut self, topic: &Topic) -> bool {
        self.tries = self.tries.saturating_sub(1);
        let Ok(answers) = self.sides.answers(topic, &djelme_tests::server::prefix("conf")).await else {
            return false;
        };
        // Documents keep their ids, so that they are the same ones in each try.
        Judge::new(topic).judge(self.sides, &answers).is_failed()
    }

    async fn documents(&mut self) {
        for (number, document) in self.topic.documents.iter_mut().enumerate() {
            if document.get("_id").is_none() {
                document["_id"] = (number + 1).to_string().into();
            }
        }
        let mut length = self.topic.documents.len().div_ceil(2);
        while length > 0 && self.tries > 0 {
            let mut start = 0;
            while start < self.topic.documents.len() && self.tries > 0 {
                let mut smaller = self.topic.clone();
                let end = (start + length).min(smaller.documents.len());
                smaller.documents.drain(start..end);
                if self.differs(&smaller).await { self.topic = smaller } else { start += length }
            }
            length /= 2;
        }
    }

    async fn request(&mut self) {
        let mut number = 0;
        while self.tries > 0 {
            let Some((_, body)) = self.topic.searches.first() else { return };
            let Some(smaller_body) = smaller(body).into_iter().nth(number) else { return };
            let mut topic = self.topic.clone();
            topic.searches[0].1 = smaller_body;
            if self.differs(&topic).await {
                self.topic = topic;
                number = 0;
            } else {
                number += 1;
            }
        }
    }
}

/// All values that lack one entry of an object or a list, the largest first.
fn smaller(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(map) => {
            for key in map.keys() {
                let mut less = map.clone();
                less.remove(key);
                all.push(Value::Object(less));
            }
            for (key, inner) in map {
                for smaller in smaller(inner) {
                    let mut less = map.clone();
                    less.insert(key.clone(), smaller);
                    all.push(Value::Object(less));
                }
            }
        }
        Value::Array(list) => {
            for number in 0..list.len() {
                let mut less = list.clone();
                less.remove(number);
                all.push(Value::Array(less));
            }
            for (number, inner) in list.iter().enumerate() {
                for smaller in smaller(inner) {
                    let mut less = list.clone();
                    less[number] = smaller;
                    all.push(Value::Array(less));
                }
            }
        }
        _ => {}
    }
    all
}
