//! A fault proxy in front of every listener of a project.

use std::io;
use std::sync::Arc;

use url::Url;

use crate::client::OryUrls;
use crate::fault::FaultProxy;

/// One proxy a listener; listeners on one host share theirs.
#[derive(Clone, Debug)]
pub struct Proxies {
    /// In front of Kratos' public listener.
    pub kratos_public: Arc<FaultProxy>,
    /// In front of Kratos' admin listener.
    pub kratos_admin: Arc<FaultProxy>,
    /// In front of Hydra's public listener.
    pub hydra_public: Arc<FaultProxy>,
    /// In front of Hydra's admin listener.
    pub hydra_admin: Arc<FaultProxy>,
    /// In front of Keto's read listener.
    pub keto_read: Arc<FaultProxy>,
    /// In front of Keto's write listener.
    pub keto_write: Arc<FaultProxy>,
}

impl Proxies {
    /// Starts proxies in front of any Ory.
    ///
    /// # Errors
    /// If no loopback port is free.
    pub async fn start(urls: &OryUrls) -> io::Result<Proxies> {
        let mut started = Started(Vec::new());
        Ok(Proxies {
            kratos_public: started.before(&urls.kratos_public).await?,
            kratos_admin: started.before(&urls.kratos_admin).await?,
            hydra_public: started.before(&urls.hydra_public).await?,
            hydra_admin: started.before(&urls.hydra_admin).await?,
            keto_read: started.before(&urls.keto_read).await?,
            keto_write: started.before(&urls.keto_write).await?,
        })
    }

    /// Forgets every proxy's rules and requests.
    pub fn reset(&self) {
        for proxy in [
            &self.kratos_public,
            &self.kratos_admin,
            &self.hydra_public,
            &self.hydra_admin,
            &self.keto_read,
            &self.keto_write,
        ] {
            proxy.heal();
            proxy.clear();
        }
    }

    /// `urls` with the proxies in the listeners' places.
    #[must_use]
    pub fn urls(&self, urls: &OryUrls) -> OryUrls {
        OryUrls {
            kratos_public: self.kratos_public.url().clone(),
            kratos_admin: self.kratos_admin.url().clone(),
            hydra_public: self.hydra_public.url().clone(),
            hydra_admin: self.hydra_admin.url().clone(),
            keto_read: self.keto_read.url().clone(),
            keto_write: self.keto_write.url().clone(),
            ..urls.clone()
        }
    }
}

struct Started<'a>(Vec<(&'a Url, Arc<FaultProxy>)>);

impl<'a> Started<'a> {
    async fn before(&mut self, url: &'a Url) -> io::Result<Arc<FaultProxy>> {
        if let Some((_, proxy)) = self.0.iter().find(|(upstream, _)| *upstream == url) {
            return Ok(proxy.clone());
        }
        let proxy = Arc::new(FaultProxy::start(url.clone()).await?);
        self.0.push((url, proxy.clone()));
        Ok(proxy)
    }
}
