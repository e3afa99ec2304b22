use futures_util::stream::{self, BoxStream, StreamExt, TryStreamExt};

use super::pages::Walk;
use super::{Identities, Identity, Page, PageToken};
use crate::audit::Operation;
use crate::service::Evict;
use crate::{ErrorKind, IamError, IdentityId, Product};

/// The most that Kratos puts on a page, and the most ids that it takes at once.
const MOST: usize = 500;

/// Which identities to list, and how many at once.
///
/// ```
/// use iam_core::service::ListOptions;
///
/// let first_hundred = ListOptions::new().page_size(100);
/// let by_login = ListOptions::new().credentials_identifier("ann@example.com");
/// ```
#[derive(Debug, Clone, Default)]
pub struct ListOptions {
    page_size: Option<usize>,
    page_token: Option<PageToken>,
    filter: Option<Filter>,
}

/// Kratos takes one filter at a time.
#[derive(Debug, Clone)]
enum Filter {
    Ids(Vec<IdentityId>),
    CredentialsIdentifier(String),
}

impl ListOptions {
    /// All identities, from the first page.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Identities on a page, 1 to 500; Kratos' default is 250.
    #[must_use]
    pub fn page_size(mut self, size: usize) -> Self {
        self.page_size = Some(size.clamp(1, MOST));
        self
    }

    /// The page that starts here.
    #[must_use]
    pub fn page_token(mut self, token: PageToken) -> Self {
        self.page_token = Some(token);
        self
    }

    /// Only identities with one of these ids, 500 at the most; no ids means no
    /// identities. Replaces another filter.
    #[must_use]
    pub fn ids(mut self, ids: &[IdentityId]) -> Self {
        self.filter = Some(Filter::Ids(ids.to_vec()));
        self
    }

    /// Only the identity that logs in with this identifier. Replaces another filter.
    #[must_use]
    pub fn credentials_identifier(mut self, identifier: impl Into<String>) -> Self {
        self.filter = Some(Filter::CredentialsIdentifier(identifier.into()));
        self
    }

    /// The query, or `None` if no identity can match.
    fn query(&self) -> Result<Option<Vec<(&'static str, String)>>, ErrorKind> {
        let mut query = Vec::new();
        let mut page_size = self.page_size;
        match &self.filter {
            None => {}
            Some(Filter::Ids(ids)) => {
                let named: Vec<_> = ids.iter().filter_map(IdentityId::uuid).collect();
                match named.len() {
                    0 => return Ok(None),
                    count if count > MOST => return Err(ErrorKind::Invalid("more than 500 ids")),
                    _ => {}
                }
                // Kratos cuts the answer to one page, so that has to be large enough.
                page_size = Some(MOST);
                query.extend(named.iter().map(|id| ("ids", id.hyphenated().to_string())));
            }
            // Kratos reads an empty filter as none, and lists everybody.
            Some(Filter::CredentialsIdentifier(identifier)) if identifier.is_empty() => {
                return Err(ErrorKind::Invalid("an empty credentials identifier"));
            }
            Some(Filter::CredentialsIdentifier(identifier)) => {
                query.push(("credentials_identifier", identifier.clone()));
            }
        }
        query.extend(page_size.map(|size| ("page_size", size.to_string())));
        query.extend(self.page_token.as_ref().map(|token| ("page_token", token.as_str().to_owned())));
        Ok(Some(query))
    }
}

impl Identities {
    /// One page of identities.
    ///
    /// # Errors
    /// `Invalid` for more than 500 ids, an empty identifier or a page token that
    /// is out of date; `Unavailable`; `NotConfigured`.
    pub async fn list(&self, options: &ListOptions) -> Result<Page<Identity>, IamError> {
        let services = &self.services;
        let query = options.query().map_err(|kind| services.failed(Product::Kratos, kind))?;
        let Some(query) = query else { return Ok(Page::new(Vec::new(), None)) };
        let trace = services.effects.trace();
        let call = async {
            let page = services.ory.kratos.identities(&trace, &query).await?;
            Ok(Page::new(page.items, page.next))
        };
        services.perform(Operation::IdentityList, Product::Kratos, None, Evict::Nothing, call).await
    }

    /// All identities from the options' page on, one page at a time as they are
    /// taken.
    ///
    /// Ends with the last page, or with an error; also with one if Kratos names
    /// a page for the second time, for then the list cannot be read to its end.
    #[must_use]
    pub fn all(&self, options: ListOptions) -> BoxStream<'static, Result<Identity, IamError>> {
        let identities = self.clone();
        let pages = stream::try_unfold(Some((options, Walk::default())), move |rest| {
            let identities = identities.clone();
            async move { identities.step(rest).await }
        });
        pages.map_ok(stream::iter).try_flatten().boxed()
    }

    /// The next page's identities and what is left after it.
    async fn step(&self, rest: Option<(ListOptions, Walk)>) -> Result<Step, IamError> {
        let Some((options, mut walk)) = rest else { return Ok(None) };
        let page = self.list(&options).await?;
        let mut items: Vec<_> = page.items.into_iter().map(Ok).collect();
        let rest = match walk.go_on(page.next) {
            Ok(next) => next.map(|token| (options.page_token(token), walk)),
            Err(fault) => {
                // What was read is handed out first.
                items.push(Err(self.services.failed(Product::Kratos, ErrorKind::Unavailable(fault))));
                None
            }
        };
        Ok(Some((items, rest)))
    }
}

type Step = Option<(Vec<Result<Identity, IamError>>, Option<(ListOptions, Walk)>)>;
