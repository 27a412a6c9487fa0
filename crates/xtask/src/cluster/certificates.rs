//! Certificates of a local cluster: an authority of its own, one for the servers, and one for each user, by whose name the
//! servers know who comes.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// Who may come, by the names in `deploy/nats-server.conf`.
pub(crate) const USERS: [&str; 7] = ["admin", "gateway", "households", "officials", "aid", "progress", "audit"];

/// Makes all of them in a folder: `ca.crt`, and `NAME.crt` and `NAME.key` of the servers and of each user.
pub(crate) fn make(dir: &Path) -> Result<()> {
    fs::create_dir_all(dir).with_context(|| dir.display().to_string())?;
    let key = KeyPair::generate()?;
    let mut params = named("lika local authority", &[])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    fs::write(dir.join("ca.crt"), params.self_signed(&key)?.pem())?;
    let authority = Issuer::new(params, key);
    issue(dir, &authority, "server", &["localhost", "127.0.0.1"])?;
    USERS.iter().try_for_each(|user| issue(dir, &authority, user, &[]))
}

fn issue(dir: &Path, authority: &Issuer<'_, KeyPair>, name: &str, hosts: &[&str]) -> Result<()> {
    let key = KeyPair::generate()?;
    let certificate = named(name, hosts)?.signed_by(&key, authority)?;
    fs::write(dir.join(format!("{name}.crt")), certificate.pem())?;
    fs::write(dir.join(format!("{name}.key")), key.serialize_pem())?;
    Ok(())
}

fn named(name: &str, hosts: &[&str]) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}
