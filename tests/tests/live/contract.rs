//! Each product's rows on the stand-in, and on Ory's own server where `IAM_ORY` asks for it.

use iam_testing::real::Servers;
use iam_testing::standin::Product;
use tokio::sync::OnceCell;

use crate::exempt::{self, Exempt, OTHERWISE, Otherwise, PLACES, Place};
use crate::row::Row;
use crate::shape::Difference;
use crate::{hydra, keto, kratos};

/// One product's rows.
pub(crate) struct Contract {
    pub(crate) standin: Vec<Row>,
    pub(crate) real: Option<Vec<Row>>,
    /// Its server is older than what the stand-in follows.
    is_old: bool,
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
    Contract { standin, real, is_old: servers.version(product).is_some_and(exempt::is_old) }
}

async fn on(servers: &Servers, product: Product) -> Vec<Row> {
    let world = crate::world(servers).await;
    match product {
        Product::Kratos => kratos::rows(servers, &world).await,
        Product::Hydra => hydra::rows(servers, &world).await,
        Product::Keto => keto::rows(servers, &world).await,
    }
}

/// The place of what a row looks at.
pub(crate) const AS_A_WHOLE: &str = "what it says";

/// A row that Ory's own server does not answer as the stand-in does.
pub(crate) struct Unequal {
    pub(crate) row: &'static str,
    pub(crate) difference: Difference,
    /// Why that may be, if it may.
    pub(crate) exempt: Option<Exempt>,
}

impl Contract {
    /// Every difference, row by row.
    pub(crate) fn unequal(&self, product: Product) -> Vec<Unequal> {
        let mut found = Vec::new();
        for (row, there) in pairs(self.real.as_deref().unwrap_or_default(), &self.standin) {
            let mut differences = match there {
                Some(there) => row.shape.differences(&there.shape),
                None => vec![Difference {
                    place: "status".to_owned(),
                    here: row.status.to_string(),
                    there: "not run".to_owned(),
                }],
            };
            if row.is_other && !differences.iter().any(|found| found.place == "status") {
                let [place, here, there] = [AS_A_WHOLE, "something else", "as it is read"].map(str::to_owned);
                differences.push(Difference { place, here, there });
            }
            let is_this = |exempt: &&Otherwise| self.is_old && exempt.product == product && exempt.row == row.name;
            let otherwise = OTHERWISE.iter().find(is_this);
            for difference in differences {
                let is_this = |place: &&Place| self.is_old && place.covers(product, row.name, &difference);
                let place = PLACES.iter().find(is_this);
                let exempt = otherwise.map(Exempt::Row).or(place.map(Exempt::Place));
                found.push(Unequal { row: row.name, difference, exempt });
            }
        }
        found
    }
}

/// Each row with the stand-in's: of equal names the first with the first, and so on.
fn pairs<'a>(real: &'a [Row], standin: &'a [Row]) -> impl Iterator<Item = (&'a Row, Option<&'a Row>)> {
    let named = |rows: &'a [Row], name: &'a str| rows.iter().filter(move |row| row.name == name);
    real.iter().enumerate().map(move |(index, row)| {
        let before = named(&real[..index], row.name).count();
        (row, named(standin, row.name).nth(before))
    })
}

/// Fails by the names of the rows that differ without a reason, and of the reasons that no row has any more.
async fn compare(product: Product) {
    let contract = of(product).await;
    if contract.real.is_none() {
        return;
    }
    let unequal = contract.unequal(product);
    let mut wrong = Vec::new();
    for Unequal { row, difference: Difference { place, here, there }, .. } in
        unequal.iter().filter(|unequal| unequal.exempt.is_none())
    {
        wrong.push(format!("{row}: {place}: {here}, and the stand-in: {there}"));
    }
    for exempt in OTHERWISE.iter().filter(|exempt| contract.is_old && exempt.product == product) {
        let mut rows = contract.real.iter().flatten().filter(|row| row.name == exempt.row);
        if !rows.any(|row| row.is_other) {
            wrong.push(format!("{}: exempt, and no different", exempt.row));
        }
    }
    for place in PLACES.iter().filter(|place| contract.is_old && place.product == product) {
        let is_this = |seen: &Unequal| matches!(seen.exempt, Some(Exempt::Place(seen)) if std::ptr::eq(seen, place));
        if !unequal.iter().any(is_this) {
            wrong.push(format!("{}: {}: exempt, and no different", place.row.unwrap_or("every row"), place.place));
        }
    }
    assert!(wrong.is_empty(), "{product} is not as the stand-in is:\n{}", wrong.join("\n"));
}

#[tokio::test]
async fn kratos_answers_as_it_is_read() {
    compare(Product::Kratos).await;
}

#[tokio::test]
async fn hydra_answers_as_it_is_read() {
    compare(Product::Hydra).await;
}

#[tokio::test]
async fn keto_answers_as_it_is_read() {
    compare(Product::Keto).await;
}
