//! The backend without a server.

use std::path::Path;

use djelme_core::Result;
use djelme_embedded::Embedded;

use crate::builder::DjelmeBuilder;
use crate::handle::Djelme;

impl Djelme {
    /// A handle whose records lie in this folder, without any server. The folder is made if it is not there, and
    /// belongs to one program at a time.
    ///
    /// ```standalone_crate
    /// # // Alone, as a handle takes all record types that are linked into the program.
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> djelme::Result<()> {
    /// # use serde::{Deserialize, Serialize};
    /// use djelme::prelude::*;
    /// use djelme::{Djelme, EventRecord};
    ///
    /// #[derive(Debug, Serialize, Deserialize, EventRecord)]
    /// #[djelme(app_label = "shop")]
    /// struct Order {
    ///     product: String,
    ///     pieces: u32,
    /// }
    ///
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path();
    /// let djelme = Djelme::embedded(path)?;
    /// djelme.setup().await?;
    /// djelme.record(&Order { product: "tea".into(), pieces: 2 }).await?;
    /// djelme.refresh::<Order>().await?;
    /// let found = Order::search().send(&djelme).await?;
    /// assert_eq!(found.total().value, 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`Embedded::open`] and [`DjelmeBuilder::build`].
    pub fn embedded(path: impl AsRef<Path>) -> Result<Self> {
        Self::builder().embedded(path)?.build()
    }
}

impl DjelmeBuilder {
    /// Adds a backend in this folder, named `embedded`; see [`Djelme::embedded`].
    ///
    /// # Errors
    /// As [`Embedded::open`].
    pub fn embedded(self, path: impl AsRef<Path>) -> Result<Self> {
        Ok(self.backend("embedded", Embedded::open(path)?))
    }
}
