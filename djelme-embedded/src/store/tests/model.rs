//! Any operations in any order, with crashes between them, against a plain map.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::document;

#[derive(Debug, Clone)]
enum Step {
    Write { index: u8, id: u8, create: bool },
    Delete { index: u8, id: u8 },
    Refresh,
    DeleteIndex { index: u8 },
    AddField { index: u8 },
    Close,
    Crash,
    Fail,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let index = 0..3_u8;
    let id = 0..6_u8;
    let step = prop_oneof![
        12 => (index.clone(), id.clone(), any::<bool>())
            .prop_map(|(index, id, create)| Step::Write { index, id, create }),
        3 => (index.clone(), id).prop_map(|(index, id)| Step::Delete { index, id }),
        3 => Just(Step::Refresh),
        1 => index.clone().prop_map(|index| Step::DeleteIndex { index }),
        1 => index.prop_map(|index| Step::AddField { index }),
        1 => Just(Step::Close),
        2 => Just(Step::Crash),
        1 => Just(Step::Fail),
    ];
    proptest::collection::vec(step, 1..60)
}

/// What each index should hold: the JSON and the sequence number of each document.
type Model = BTreeMap<String, (u64, BTreeMap<String, (String, u64)>)>;

struct Run {
    folder: tempfile::TempDir,
    store: Option<Store>,
    model: Model,
    fields: u32,
}

impl Run {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Some(open(folder.path()));
        Self { folder, store, model: Model::new(), fields: 0 }
    }

    fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }

    fn step(&mut self, number: usize, step: &Step) {
        let name = |index: &u8| format!("a_{index}");
        match step {
            Step::Write { index, id, create } => self.write(number, &name(index), &id.to_string(), *create),
            Step::Delete { index, id } => {
                let (index, id) = (name(index), id.to_string());
                let was_there = document::delete(self.store(), &index, &id, None).unwrap();
                let Some((next, documents)) = self.model.get_mut(&index) else { return assert!(!was_there) };
                assert_eq!(was_there, documents.remove(&id).is_some());
                *next += 1;
            }
            Step::Refresh => index::refresh(self.store(), "*").unwrap(),
            Step::DeleteIndex { index } => {
                let was_there = index::delete(self.store(), &name(index)).unwrap();
                assert_eq!(was_there, self.model.remove(&name(index)).is_some());
            }
            Step::AddField { index } if self.model.contains_key(&name(index)) => {
                self.fields += 1;
                let update = json!({ "properties": { format!("f{}", self.fields % 3): { "type": "long" } } });
                index::put_mapping(self.store(), &name(index), &update).unwrap();
            }
            Step::AddField { .. } => {}
            Step::Close => {
                self.store = None;
                self.store = Some(Store::open(self.folder.path()).unwrap());
            }
            Step::Crash => {
                let crashed = tempfile::tempdir().unwrap();
                copy(self.folder.path(), crashed.path());
                self.store = Some(Store::open(crashed.path()).unwrap());
                self.folder = crashed;
            }
            Step::Fail => {
                let mut state = self.store().shared.state().unwrap();
                state.tables.values_mut().for_each(super::super::table::Table::is_not_mended);
            }
        }
    }

    fn write(&mut self, number: usize, index: &str, id: &str, create: bool) {
        let source = json!({ "n": number });
        let op = if create { WriteOp::Create } else { WriteOp::Index };
        let answer = write_as(self.store(), op, index, id, &source);
        let (next, documents) = self.model.entry(index.to_owned()).or_default();
        match (&answer, documents.contains_key(id)) {
            (ItemResponse::Conflict { .. }, true) if create => return,
            (ItemResponse::Updated(_), true) if !create => {}
            (ItemResponse::Created(_), false) => {}
            (answer, is_there) => panic!("{answer:?}, there: {is_there}"),
        }
        // A deletion of what was not there can be forgotten by a crash, so numbers may be used again then.
        assert!(seq_no(&answer) <= *next);
        assert!(documents.values().all(|(_, other)| *other < seq_no(&answer)));
        *next = seq_no(&answer) + 1;
        documents.insert(id.to_owned(), (source.to_string(), seq_no(&answer)));
    }

    fn check(&self) {
        for (index, (_, documents)) in &self.model {
            for id in 0..6 {
                let id = id.to_string();
                let found = document::get(self.store(), index, &id).unwrap();
                let found =
                    found.map(|it| (String::from_utf8(it.source.to_vec()).unwrap(), it.version.seq_no));
                assert_eq!(found, documents.get(&id).cloned(), "{id} of {index}");
            }
            assert_eq!(super::documents(self.store(), index), documents.len() as u64);
        }
        let names: Vec<String> =
            index::list(self.store(), "*").unwrap().into_iter().map(|status| status.name).collect();
        assert_eq!(names, self.model.keys().cloned().collect::<Vec<_>>());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn the_store_does_what_a_map_would_do(steps in steps()) {
        let mut run = Run::new();
        for (number, step) in steps.iter().enumerate() {
            run.step(number, step);
        }
        run.check();
    }
}
