use std::marker::PhantomData;
use std::ops::Index;

use super::Tenant;

/// One value for each tenant, found by index rather than by name.
///
/// ```
/// # use iam_core::{PerTenant, Tenant};
/// # #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
/// # enum Shops { North, South }
/// # impl Tenant for Shops {
/// #     const ALL: &'static [Self] = &[Self::North, Self::South];
/// #     const DEFAULT: Option<Self> = None;
/// #     fn name(self) -> &'static str { match self { Self::North => "north", Self::South => "south" } }
/// #     fn index(self) -> usize { self as usize }
/// # }
/// let greeting = PerTenant::from_fn(|shop: Shops| format!("hello from {}", shop.name()));
/// assert_eq!(greeting[Shops::South], "hello from south");
/// ```
#[derive(Debug, Clone)]
pub struct PerTenant<T, V> {
    values: Box<[V]>,
    tenants: PhantomData<fn() -> T>,
}

impl<T: Tenant, V> PerTenant<T, V> {
    /// Makes each tenant's value, in the order of declaration.
    pub fn from_fn(make: impl FnMut(T) -> V) -> Self {
        Self { values: T::ALL.iter().copied().map(make).collect(), tenants: PhantomData }
    }

    /// Makes each tenant's value, or gives the first error.
    ///
    /// # Errors
    /// Whatever `make` returned first.
    pub fn try_from_fn<E>(make: impl FnMut(T) -> Result<V, E>) -> Result<Self, E> {
        let values = T::ALL.iter().copied().map(make).collect::<Result<_, _>>()?;
        Ok(Self { values, tenants: PhantomData })
    }

    /// Every tenant with its value, in the order of declaration.
    pub fn iter(&self) -> impl Iterator<Item = (T, &V)> {
        T::ALL.iter().copied().zip(self.values.iter())
    }
}

impl<T: Tenant, V> Index<T> for PerTenant<T, V> {
    type Output = V;

    fn index(&self, tenant: T) -> &V {
        &self.values[tenant.index()]
    }
}
