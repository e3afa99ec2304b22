//! Relation tuples, over Keto's write API.

use reqwest::Method;
use serde_json::json;

use super::{OryClient, OryClientError};

impl OryClient {
    /// `PUT /admin/relation-tuples`: `namespace:object#relation@subject_id`. Keto stores repetitions.
    ///
    /// # Errors
    /// 404 if there is no such namespace. The relation is not checked: only reading it is then refused.
    pub async fn create_tuple(
        &self,
        namespace: &str,
        object: &str,
        relation: &str,
        subject_id: &str,
    ) -> Result<(), OryClientError> {
        let call = self.admin(Method::PUT, &self.urls.keto_write, &["admin", "relation-tuples"]);
        let body = json!({"namespace": namespace, "object": object, "relation": relation, "subject_id": subject_id});
        call.json(&body).send().await.map(drop)
    }

    /// Deletes a tuple, and every repetition of it. There need not be one.
    ///
    /// # Errors
    /// 404 if there is no such namespace.
    pub async fn delete_tuple(
        &self,
        namespace: &str,
        object: &str,
        relation: &str,
        subject_id: &str,
    ) -> Result<(), OryClientError> {
        let call = self.admin(Method::DELETE, &self.urls.keto_write, &["admin", "relation-tuples"]);
        let call = call.query("namespace", namespace).query("object", object);
        call.query("relation", relation).query("subject_id", subject_id).send().await.map(drop)
    }
}
