//! Certificates of a local cluster: its own authority, one for the servers, and one for each user, which the servers
//! recognise by the certificate's name.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use anyhow::{Context, Result};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};

/// The users, named as in `deploy/nats-server.conf`.
pub(crate) const USERS: [&str; 7] = ["admin", "gateway", "households", "officials", "aid", "progress", "audit"];

/// Makes all certificates in a folder: `ca.crt`, `NAME.crt` and `NAME.key` of each user, and `nats/` with the files
/// of the servers, whose host names are `hosts`. The authority's own key is not kept.
pub(crate) fn make(dir: &Path, hosts: &[String]) -> Result<()> {
    let servers = dir.join("nats");
    fs::create_dir_all(&servers).with_context(|| servers.display().to_string())?;
    let key = KeyPair::generate()?;
    let mut params = named("lika local authority", &[])?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key)?.pem();
    fs::write(dir.join("ca.crt"), &authority)?;
    fs::write(servers.join("ca.crt"), &authority)?;
    let issuer = Issuer::new(params, key);
    issue(&servers, &issuer, "server", hosts)?;
    USERS.iter().try_for_each(|user| issue(dir, &issuer, user, &[]))
}

fn issue(dir: &Path, issuer: &Issuer<'_, KeyPair>, name: &str, hosts: &[String]) -> Result<()> {
    let key = KeyPair::generate()?;
    let certificate = named(name, hosts)?.signed_by(&key, issuer)?;
    fs::write(dir.join(format!("{name}.crt")), certificate.pem())?;
    let mut file = OpenOptions::new();
    let path = dir.join(format!("{name}.key"));
    let opened = file.write(true).create_new(true).mode(0o600).open(&path);
    opened
        .and_then(|mut file| file.write_all(key.serialize_pem().as_bytes()))
        .with_context(|| path.display().to_string())
}

fn named(name: &str, hosts: &[String]) -> Result<CertificateParams> {
    let mut params = CertificateParams::new(hosts.to_vec())?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    Ok(params)
}
