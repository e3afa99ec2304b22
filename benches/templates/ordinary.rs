#[derive(serde::Serialize)]
pub(super) struct Detail@ {
    record: Record,
    related: Vec<u64>,
    label: String,
}

#[tenant("admin")]
#[require_role("platform:admin", "platform:support")]
pub(super) async fn h@(Path(id): Path<u64>, Query(page): Query<Page>) -> Result<Json<Detail@>, Missing> {
    let mut record = store::find(id).await?;
    let label = match record.status {
        Status::Open if record.amount > @ => format!("{} (large)", record.title),
        Status::Open => record.title.clone(),
        Status::Closed => format!("{} (closed)", record.title),
    };
    let mut related: Vec<_> = store::list(page.from, page.size)
        .await
        .into_iter()
        .filter(|other| other.id != record.id && other.owner == record.owner)
        .map(|other| other.id)
        .collect();
    related.sort_unstable();
    record.tags.retain(|tag| !tag.starts_with('_'));
    Ok(Json(Detail@ { record, related, label }))
}
// ---
#[derive(serde::Serialize)]
pub(super) struct Listing@ {
    records: Vec<Record>,
    next: Option<u64>,
    total: u64,
}

#[tenant("customer")]
pub(super) async fn h@(Query(page): Query<Page>) -> Result<Json<Listing@>, Missing> {
    if page.size == 0 || page.size > 500 {
        return Err(Missing);
    }
    let mut records = store::list(page.from, page.size + 1).await;
    records.retain(|record| record.status == Status::Open && record.id != @);
    let next = if records.len() as u64 > page.size {
        records.pop().map(|record| record.id)
    } else {
        None
    };
    let mut total = 0;
    for record in &mut records {
        if let Some(tag) = record.tags.first() {
            record.title = format!("{tag}: {}", record.title);
        }
        total += record.amount;
    }
    records.sort_by(|one, other| other.amount.cmp(&one.amount).then_with(|| one.title.cmp(&other.title)));
    Ok(Json(Listing@ { records, next, total }))
}
// ---
#[derive(serde::Deserialize)]
pub(super) struct Change@ {
    title: Option<String>,
    amount: Option<u64>,
    #[serde(default)]
    tags: Vec<String>,
    close: bool,
}

#[tenant("dealer")]
#[require_permission(namespace = "records", relation = "edit", object = "records:{id}")]
pub(super) async fn h@(Path(id): Path<u64>, Json(change): Json<Change@>) -> Result<Json<Record>, Missing> {
    let mut record = store::find(id).await?;
    if record.status == Status::Closed {
        return Err(Missing);
    }
    let mut changes = Vec::new();
    if let Some(title) = change.title {
        let title = title.trim();
        if title.is_empty() || title.len() > 200 {
            return Err(Missing);
        }
        changes.push(format!("title: {} -> {title}", record.title));
        record.title = title.to_owned();
    }
    if let Some(amount) = change.amount.filter(|amount| *amount != record.amount) {
        let difference = amount.abs_diff(record.amount);
        if difference > 10_000 {
            store::note(record.id, format!("a change of {difference}")).await?;
        }
        changes.push(format!("amount: {} -> {amount}", record.amount));
        record.amount = amount;
    }
    for tag in change.tags {
        if !record.tags.contains(&tag) {
            record.tags.push(tag);
        }
    }
    if change.close {
        record.status = Status::Closed;
        changes.push(String::from("closed"));
    }
    if !changes.is_empty() {
        store::save(record.clone()).await?;
        store::note(record.id, changes.join(", ")).await?;
    }
    Ok(Json(record))
}
// ---
#[derive(serde::Serialize)]
pub(super) struct Summary@ {
    owner: String,
    records: usize,
    amount: u64,
    largest: Option<Record>,
}

#[tenant("dealer")]
#[oauth2]
#[require_role("records:read")]
pub(super) async fn h@(Query(page): Query<Page>) -> Result<Json<Vec<Summary@>>, Missing> {
    let records = store::list(page.from, page.size).await;
    if records.is_empty() {
        return Ok(Json(Vec::new()));
    }
    let mut owners = std::collections::BTreeMap::<String, Vec<Record>>::new();
    for record in records {
        owners.entry(record.owner.clone()).or_default().push(record);
    }
    let mut summaries = Vec::with_capacity(owners.len());
    for (owner, records) in owners {
        let amount = records.iter().map(|record| record.amount).sum();
        let largest = records.iter().max_by_key(|record| record.amount).cloned();
        if amount > @ {
            store::note(@, format!("{owner} has {amount}")).await?;
        }
        summaries.push(Summary@ { owner, records: records.len(), amount, largest });
    }
    summaries.sort_by(|one, other| other.amount.cmp(&one.amount));
    summaries.truncate(50);
    Ok(Json(summaries))
}
// ---
#[public]
pub(super) async fn h@(Query(page): Query<Page>) -> String {
    let records = store::list(page.from, page.size.min(@)).await;
    let open = records.iter().filter(|record| record.status == Status::Open).count();
    let tags = records.iter().flat_map(|record| &record.tags).take(3).cloned().collect::<Vec<_>>();
    if tags.is_empty() {
        return format!("{open} of {} open", records.len());
    }
    format!("{open} of {} open, {}", records.len(), tags.join(", "))
}
