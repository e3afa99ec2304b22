define_tenants! { pub enum Tenants { customer, admin, dealer } } // plain
define_tenants! { pub enum Tenants { customer, admin, dealer } roles = Roles } // annotated
define_roles! { pub enum Roles { // annotated
    OrdersRead = "orders:read", OrdersWrite = "orders:write", OrdersCancel = "orders:cancel", // annotated
    StockRead = "stock:read", StockWrite = "stock:write", Audit = "platform:audit", // annotated
    Pay = "payments:read", Capture = "payments:capture", Refund = "payments:refund", // annotated
    Look = "customers:read", Change = "customers:write", Erase = "customers:erase", // annotated
    Invite = "dealers:invite", Suspend = "dealers:suspend", Reports = "reports:read", // annotated
    Answer = "support:read", Help = "support:write", Support = "platform:support", // annotated
    Admin = "platform:admin", Records = "records:read", // annotated
} } // annotated

#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
enum Status {
    Open,
    Closed,
}

#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Record {
    id: u64,
    title: String,
    owner: String,
    amount: u64,
    tags: Vec<String>,
    status: Status,
}

#[derive(serde::Deserialize)]
struct Page {
    from: u64,
    size: u64,
}

#[derive(Debug)]
struct Missing;

/// Something to wait for, and to fail.
mod store {
    use super::{Missing, Record, Status};

    pub(super) async fn find(id: u64) -> Result<Record, Missing> {
        list(id, 1).await.pop().ok_or(Missing)
    }

    pub(super) async fn list(from: u64, size: u64) -> Vec<Record> {
        (from..from.saturating_add(size.min(100))).map(record).collect()
    }

    pub(super) async fn save(record: Record) -> Result<(), Missing> {
        if record.id == 0 { Err(Missing) } else { Ok(()) }
    }

    #[allow(dead_code)] // by the short ones
    pub(super) async fn note(id: u64, text: String) -> Result<(), Missing> {
        if text.is_empty() { Err(Missing) } else { save(record(id)).await }
    }

    fn record(id: u64) -> Record {
        let status = if id % 2 == 0 { Status::Open } else { Status::Closed };
        Record { id, title: id.to_string(), owner: (id % 7).to_string(), amount: id, tags: Vec::new(), status }
    }
}
