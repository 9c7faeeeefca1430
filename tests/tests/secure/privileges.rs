//! What somebody may do who may not do everything.

use djelme_core::backend::{Backend as _, IndexState, SearchRequest};
use djelme_core::naming::{Naming, NamingSource};
use djelme_core::outcome::ItemResponse;
use djelme_core::plan::IndexPlan;
use djelme_core::template::Template;
use djelme_core::{Error, ErrorKind};
use djelme_tests::server::prefix;
use serde_json::json;

use crate::{ApiKey, batch, superuser};

fn assert_forbidden<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert_eq!(error.backend_kind(), Some(ErrorKind::Forbidden), "{error}");
    assert!(error.to_string().contains("security_exception"), "{error}");
}

#[tokio::test]
async fn a_reader_reads_and_is_told_what_it_may_not() {
    let prefix = prefix("reader");
    let (index, other) = (format!("{prefix}a_b"), format!("{prefix}other"));
    let all = superuser();
    all.bulk(&batch(&[&index, &other])).await.unwrap();
    all.refresh(&format!("{prefix}*")).await.unwrap();
    let key = ApiKey::new(&prefix, Some((&index, &["read"]))).await;
    let reader = key.backend();

    assert_eq!(reader.get(&index, "a").await.unwrap().unwrap().source, "{}");
    let naming = Naming::new(NamingSource {
        prefix: &prefix,
        app_label: "a",
        recordtype_name: "b",
        template: None,
        template_name: None,
        depth: None,
    });
    let plan = IndexPlan::new(&naming.unwrap(), None);
    let request = SearchRequest { plan: &plan, body: &json!({}), allow_partial: false };
    assert_eq!(reader.count(request).await.unwrap(), 1);
    // Sizes need a privilege to monitor; what can be read is listed without them.
    let listed = reader.indexes(&format!("{prefix}*")).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((&listed[0].name, listed[0].state, listed[0].bytes), (&index, IndexState::Open, None));

    assert_forbidden(reader.get(&other, "a").await);
    assert_forbidden(reader.server().await);
    assert_forbidden(reader.bulk(&batch(&[&index])).await);
    assert_forbidden(reader.delete(&index, "a", None).await);
    assert_forbidden(reader.refresh(&index).await);
    assert_forbidden(reader.mappings(std::slice::from_ref(&index)).await);
    assert_forbidden(reader.put_mapping(&index, &json!({"properties": {}})).await);
    assert_forbidden(reader.delete_index(&index).await);
    assert_forbidden(reader.template(&index).await);
    let template = Template {
        name: index.clone(),
        index_patterns: vec![format!("{index}_*")],
        priority: Some(500),
        ..Template::default()
    };
    assert_forbidden(reader.put_template(&template).await);
    assert_forbidden(reader.simulate_template(&template).await);
    assert_forbidden(reader.delete_template(&index).await);
    assert_forbidden(reader.lacking_field_types(&["keyword"]).await);

    key.revoke().await;
    for index in [index, other] {
        assert!(all.delete_index(&index).await.unwrap());
    }
}

#[tokio::test]
async fn a_batch_stores_what_it_may_and_names_what_it_may_not() {
    let prefix = prefix("writer");
    let (own, other) = (format!("{prefix}own"), format!("{prefix}other"));
    let key = ApiKey::new(&prefix, Some((&own, &["create_doc", "auto_configure"]))).await;
    let answers = key.backend().bulk(&batch(&[&own, &other])).await.unwrap();
    assert!(matches!(answers[0], ItemResponse::Created(_)), "{answers:?}");
    assert!(
        matches!(&answers[1], ItemResponse::Failed(rejection)
        if rejection.status == 403 && rejection.error_type == "security_exception"),
        "{answers:?}"
    );
    key.revoke().await;
    assert!(superuser().delete_index(&own).await.unwrap());
}
