//! Each product's rows on the stand-in, and on Ory's own server where `IAM_ORY` asks for it.

use iam_testing::real::Servers;
use iam_testing::standin::Product;
use tokio::sync::OnceCell;

use crate::row::Row;
use crate::{hydra, keto, kratos};

/// One product's rows.
pub(crate) struct Contract {
    pub(crate) standin: Vec<Row>,
    pub(crate) real: Option<Vec<Row>>,
}

static KRATOS: OnceCell<Contract> = OnceCell::const_new();
static HYDRA: OnceCell<Contract> = OnceCell::const_new();
static KETO: OnceCell<Contract> = OnceCell::const_new();

/// Runs the rows, or waits for whoever runs them.
pub(crate) async fn of(product: Product) -> &'static Contract {
    match product {
        Product::Kratos => KRATOS.get_or_init(|| run(product)).await,
        Product::Hydra => HYDRA.get_or_init(|| run(product)).await,
        Product::Keto => KETO.get_or_init(|| run(product)).await,
    }
}

async fn run(product: Product) -> Contract {
    let servers = crate::servers().await;
    let standin = on(&Servers::none(), product).await;
    let real = match servers.version(product) {
        Some(_) => Some(on(&servers, product).await),
        None => None,
    };
    Contract { standin, real }
}

async fn on(servers: &Servers, product: Product) -> Vec<Row> {
    let world = crate::world(servers).await;
    match product {
        Product::Kratos => kratos::rows(servers, &world).await,
        Product::Hydra => hydra::rows(servers, &world).await,
        Product::Keto => keto::rows(servers, &world).await,
    }
}

#[tokio::test]
async fn kratos_answers_as_it_is_read() {
    of(Product::Kratos).await;
}

#[tokio::test]
async fn hydra_answers_as_it_is_read() {
    of(Product::Hydra).await;
}

#[tokio::test]
async fn keto_answers_as_it_is_read() {
    of(Product::Keto).await;
}
