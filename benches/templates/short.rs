#[tenant("admin")]
#[require_role("platform:admin", "platform:support")]
pub(super) async fn h@(Path(id): Path<u64>) -> Result<Json<Record>, Missing> {
    let mut record = store::find(id).await?;
    record.title = format!("{} (@)", record.title);
    Ok(Json(record))
}
// ---
#[tenant("customer")]
pub(super) async fn h@(Query(page): Query<Page>) -> Json<Vec<Record>> {
    let mut records = store::list(page.from, page.size).await;
    records.retain(|record| record.id != @);
    Json(records)
}
// ---
#[tenant("dealer")]
#[require_permission(namespace = "records", relation = "edit", object = "records:{id}")]
pub(super) async fn h@(Path(id): Path<u64>, Json(change): Json<Record>) -> Result<Json<Record>, Missing> {
    let mut record = store::find(id).await?;
    if change.title.is_empty() {
        return Err(Missing);
    }
    record.title = change.title;
    store::save(record.clone()).await?;
    Ok(Json(record))
}
// ---
#[tenant("dealer")]
#[oauth2]
#[require_role("records:read")]
pub(super) async fn h@(Query(page): Query<Page>) -> Result<Json<Vec<Record>>, Missing> {
    let records = store::list(page.from, page.size).await;
    let first = records.first().ok_or(Missing)?;
    if first.id > @ {
        return Ok(Json(Vec::new()));
    }
    Ok(Json(records))
}
// ---
#[public]
pub(super) async fn h@() -> String {
    format!("{} of @", store::list(0, @).await.len())
}
