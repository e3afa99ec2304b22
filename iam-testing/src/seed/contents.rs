//! What is in a project once it is filled.

use super::{ClientSeed, IdentitySeed, SeedError, TenantSeed, TupleSeed, TupleSubject};
use crate::client::{
    BrowserSession, NativeSession, NewClient, NewIdentity, OryClient, OryClientError, SeededClient, SeededIdentity,
    TotpSecret,
};

/// Everybody in one project, in the order of the seed.
#[derive(Clone, Debug)]
pub struct Contents {
    /// Who can log in.
    pub accounts: Vec<Account>,
    /// OAuth2 clients.
    pub machines: Vec<Machine>,
    /// Relation tuples.
    pub tuples: Vec<SeededTuple>,
}

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who.
    pub identity: SeededIdentity,
    /// The roles they were given.
    pub roles: Vec<String>,
    /// A session with a token.
    pub session: NativeSession,
    /// Another one, with a cookie.
    pub browser: BrowserSession,
    /// Their authenticator app, if the seed gives them one.
    pub totp: Option<TotpSecret>,
    /// Whether they are still active.
    pub is_active: bool,
}

/// A client.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Which.
    pub client: SeededClient,
    /// A token of its own with all of its scopes and audience, if it has the grant `client_credentials`.
    pub token: Option<String>,
}

/// A relation tuple, its subject as Keto knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeededTuple {
    /// The namespace.
    pub namespace: String,
    /// The object.
    pub object: String,
    /// The relation.
    pub relation: String,
    /// Who, such as `user:<identity id>`.
    pub subject_id: String,
}

impl TenantSeed {
    /// Fills the Ory that `ory` speaks to. Its namespaces and settings are beyond Ory's APIs: the server has
    /// to have been started with them. `tenant` is for errors.
    ///
    /// # Errors
    /// The first thing that Ory does not take, or a tuple about somebody whom the seed does not have.
    pub async fn fill(&self, tenant: &str, ory: &OryClient) -> Result<Contents, SeedError> {
        let refused = |source| SeedError::Ory { tenant: tenant.to_owned(), source };
        let mut contents = Contents { accounts: Vec::new(), machines: Vec::new(), tuples: Vec::new() };
        for identity in &self.identities {
            contents.accounts.push(account(ory, identity).await.map_err(refused)?);
        }
        for client in &self.clients {
            contents.machines.push(machine(ory, client).await.map_err(refused)?);
        }
        for tuple in &self.tuples {
            let subject_id = contents.subject(tenant, &tuple.subject)?;
            let TupleSeed { namespace, object, relation, .. } = tuple.clone();
            ory.create_tuple(&namespace, &object, &relation, &subject_id).await.map_err(refused)?;
            contents.tuples.push(SeededTuple { namespace, object, relation, subject_id });
        }
        if let Some(id) = &self.our_client {
            contents.find_machine(tenant, id)?;
        }
        Ok(contents)
    }
}

impl Contents {
    pub(super) fn find_account(&self, tenant: &str, email: &str) -> Result<&Account, SeedError> {
        let found = self.accounts.iter().find(|account| account.identity.email == email);
        found.ok_or_else(|| SeedError::Unknown {
            tenant: tenant.to_owned(),
            kind: "identity",
            name: email.to_owned(),
            known: self.accounts.iter().map(|account| account.identity.email.clone()).collect(),
        })
    }

    pub(super) fn find_machine(&self, tenant: &str, id: &str) -> Result<&Machine, SeedError> {
        let found = self.machines.iter().find(|machine| machine.client.id == id);
        found.ok_or_else(|| SeedError::Unknown {
            tenant: tenant.to_owned(),
            kind: "client",
            name: id.to_owned(),
            known: self.machines.iter().map(|machine| machine.client.id.clone()).collect(),
        })
    }

    /// Keto knows only text; the SDK's own prefixes tell people and machines apart.
    fn subject(&self, tenant: &str, subject: &TupleSubject) -> Result<String, SeedError> {
        Ok(match subject {
            TupleSubject::User(email) => format!("user:{}", self.find_account(tenant, email)?.identity.id),
            TupleSubject::Client(id) => format!("client:{}", self.find_machine(tenant, id)?.client.id),
            TupleSubject::Id(id) => id.clone(),
        })
    }
}

async fn account(ory: &OryClient, seed: &IdentitySeed) -> Result<Account, OryClientError> {
    let mut new = NewIdentity::new(&seed.email);
    if !seed.metadata_public.is_empty() {
        new = new.metadata_public(seed.metadata_public.clone());
    }
    if let Some(password) = &seed.password {
        new = new.password(password);
    }
    new = seed.roles.iter().fold(new, NewIdentity::role);
    new = seed.traits.iter().fold(new, |new, (name, value)| new.trait_(name, value.clone()));

    let identity = ory.create_identity(new).await?;
    let (session, browser) = (ory.login(&identity).await?, ory.login_browser(&identity).await?);
    let totp = if seed.second_factor { Some(ory.set_up_totp(&session).await?) } else { None };
    if seed.inactive {
        ory.deactivate(&identity.id).await?;
    }
    Ok(Account { identity, roles: seed.roles.clone(), session, browser, totp, is_active: !seed.inactive })
}

async fn machine(ory: &OryClient, seed: &ClientSeed) -> Result<Machine, OryClientError> {
    let mut new = NewClient::new(&seed.id).auth_method(seed.auth_method);
    if let Some(secret) = &seed.secret {
        new = new.secret(secret);
    }
    new = seed.grants.iter().fold(new, NewClient::grant);
    new = seed.scopes.iter().fold(new, NewClient::scope);
    new = seed.audience.iter().fold(new, NewClient::audience);
    new = seed.redirect_uris.iter().fold(new, NewClient::redirect_uri);
    if seed.signed_tokens {
        new = new.signed_tokens();
    }

    let client = ory.create_client(new).await?;
    let scopes: Vec<&str> = seed.scopes.iter().map(String::as_str).collect();
    let gets_own_tokens = seed.grants.iter().any(|grant| grant == "client_credentials");
    let token = if gets_own_tokens { Some(ory.client_credentials(&client, &scopes).await?) } else { None };
    Ok(Machine { client, token })
}
