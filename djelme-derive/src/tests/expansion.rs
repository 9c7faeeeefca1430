//! Each file of `cases` is derived and compared with the file of the same name in `snapshots`.
//!
//! `DJELME_UPDATE_SNAPSHOTS=1 cargo test -p djelme-derive` writes the snapshots anew; look at the difference.

use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, DeriveInput};

use crate::ast::Derive;
use crate::derive_inner;
use crate::kind::Kind;

#[test]
fn the_generated_code_is_that_of_the_snapshots() {
    let update = std::env::var_os("DJELME_UPDATE_SNAPSHOTS").is_some();
    let mut different = Vec::new();
    for case in files("cases") {
        let generated = expand(&fs::read_to_string(&case).unwrap());
        let snapshot = folder("snapshots").join(case.file_name().unwrap());
        if update {
            fs::write(&snapshot, &generated).unwrap();
        } else if fs::read_to_string(&snapshot).unwrap_or_default() != generated {
            println!("{}:\n{generated}", snapshot.display());
            different.push(snapshot);
        }
    }
    let names =
        |folder| files(folder).iter().map(|path| path.file_name().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(names("cases"), names("snapshots"), "a snapshot without a case is left over");
    assert!(different.is_empty(), "set DJELME_UPDATE_SNAPSHOTS=1 if these are right: {different:?}");
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests").join(name)
}

fn files(name: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder(name)).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

/// What the derives of the case generate, formatted.
fn expand(case: &str) -> String {
    let mut input: DeriveInput = syn::parse_str(case).unwrap();
    let (derives, others): (Vec<Attribute>, _) =
        input.attrs.into_iter().partition(|attribute| attribute.path().is_ident("derive"));
    input.attrs = others;
    let named = |derive: &Derive| {
        derives
            .iter()
            .any(|attribute| attribute.meta.require_list().unwrap().tokens.to_string() == derive.name())
    };
    let records = Kind::ALL.into_iter().map(Derive::Record);
    let derive = records.chain([Derive::Properties, Derive::EsField]).find(named).unwrap();
    prettyplease::unparse(&syn::parse2(derive_inner(derive, &input)).unwrap())
}
