"""Certificates for signing: a local root, an intermediate and a leaf, and the check of a bought one.

The profile is that of the C2PA specification (2.x, "X.509 certificates"): P-256, SHA-256, a leaf for `emailProtection`.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from rushlight.core.errors import InputError

__all__ = [
    "LocalChain",
    "fingerprint",
    "from_der",
    "leaf_problem",
    "make_chain",
    "read_chain",
    "renew_leaf",
    "signing_algorithm",
]

# Purposes that the C2PA specification lets a signing certificate have.
SIGNING_PURPOSES = frozenset(
    (
        ExtendedKeyUsageOID.EMAIL_PROTECTION,
        ObjectIdentifier("1.3.6.1.5.5.7.3.36"),  # documentSigning
        ObjectIdentifier("1.3.6.1.4.1.62558.2.1"),  # c2pa-kp-claimSigning
    )
)
# Purposes that must not stand beside them.
_FOREIGN_PURPOSES = {
    ExtendedKeyUsageOID.TIME_STAMPING: "time stamps",
    ExtendedKeyUsageOID.OCSP_SIGNING: "answers about revocation",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "anything at all",
}
# A computer's clock may be slow by hours; the certificate is valid on it all the same.
_CLOCK_SLACK = timedelta(days=1)
_ROOT_YEARS, _INTERMEDIATE_YEARS, _LEAF_YEARS = 20, 15, 5


@dataclass(frozen=True)
class LocalChain:
    """A root and what hangs on it, as PEM text; the keys are secret."""

    root: bytes
    root_key: bytes
    intermediate: bytes
    intermediate_key: bytes
    chain: bytes
    """Leaf, then intermediate."""
    key: bytes


def make_chain(name: str, now: datetime | None = None) -> LocalChain:
    """A root, an intermediate and a leaf for one person or house.

    Args:
        name: who signs, as it will be read in every signed file.
        now: the moment of making.
    """
    now = now or datetime.now(UTC)
    root_key, intermediate_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name(name, "Rushlight local root")
    root = _certificate(root_name, root_key, None, root_key, now, _ROOT_YEARS, path_length=1)
    middle_name = _name(name, "Rushlight local intermediate")
    middle = _certificate(middle_name, intermediate_key, root, root_key, now, _INTERMEDIATE_YEARS, path_length=0)
    chain, key = _leaf(name, middle, intermediate_key, now)
    return LocalChain(_pem(root), _key_pem(root_key), _pem(middle), _key_pem(intermediate_key), chain, key)


def renew_leaf(
    name: str, intermediate: bytes, intermediate_key: bytes, now: datetime | None = None
) -> tuple[bytes, bytes]:
    """A new leaf under the same intermediate: chain and key as PEM."""
    issuer_key = serialization.load_pem_private_key(intermediate_key, None)
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        raise InputError("The intermediate key is not one that Rushlight made.", hint="Make new keys.")
    return _leaf(name, x509.load_pem_x509_certificate(intermediate), issuer_key, now or datetime.now(UTC))


def _leaf(
    name: str, issuer: x509.Certificate, issuer_key: ec.EllipticCurvePrivateKey, now: datetime
) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = _certificate(_name(name, name), key, issuer, issuer_key, now, _LEAF_YEARS, path_length=None)
    return _pem(leaf) + _pem(issuer), _key_pem(key)


def _name(organization: str, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _certificate(
    name: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Certificate | None,
    issuer_key: ec.EllipticCurvePrivateKey,
    now: datetime,
    years: int,
    *,
    path_length: int | None,
) -> x509.Certificate:
    """One certificate; without a path length it is a leaf."""
    is_leaf = path_length is None
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SLACK)
        .not_valid_after(now + timedelta(days=365 * years))
        .add_extension(x509.BasicConstraints(not is_leaf, path_length), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=is_leaf, content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=not is_leaf, crl_sign=not is_leaf, encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )  # fmt: skip
    if is_leaf:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=True)
    return builder.sign(issuer_key, hashes.SHA256())


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate, in hex: how it is named where its name could be anyone's."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def from_der(data: bytes) -> x509.Certificate:
    """A certificate that somebody else made.

    Raises:
        ValueError: it is none.
    """
    with warnings.catch_warnings():
        # Serial numbers that the standard does not allow are their issuer's fault, not the reader's concern.
        warnings.simplefilter("ignore")
        return x509.load_der_x509_certificate(data)


def chain_facts(chain: tuple[bytes, ...]) -> tuple[str, str, str]:
    """Name on a foreign leaf certificate, name of its issuer, and `leaf_problem` of it."""
    try:
        leaf = from_der(chain[0])
        return _common_name(leaf.subject), _common_name(leaf.issuer), leaf_problem(leaf)
    except Exception:
        # Certificates of strangers raise many kinds of errors; to whoever asks they are all the same.
        return "", "", "it cannot be read"


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME) or name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(found[0].value)[:200] if found else ""


def leaf_problem(leaf: x509.Certificate) -> str:
    """Why this certificate must not sign credentials, as the end of a sentence; empty when it may.

    Libraries let some of these through, a certificate for time stamps above all.
    """
    try:
        purposes = list(leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value)
    except x509.ExtensionNotFound:
        return "it names no purpose (extended key usage)"
    for purpose, words in _FOREIGN_PURPOSES.items():
        if purpose in purposes:
            return f"it is for {words}"
    if not SIGNING_PURPOSES & set(purposes):
        return "it is not for signing e-mail, documents or claims"
    try:
        if leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return "it is an authority's own certificate"
    except x509.ExtensionNotFound:
        pass
    try:
        if not leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature:
            return "it is not for digital signatures"
    except x509.ExtensionNotFound:
        return "it does not say what its key is for"
    return ""


def signing_algorithm(key: object) -> str:
    """The COSE algorithm of a private key, as C2PA names it.

    Raises:
        InputError: a kind or size of key that C2PA does not take.
    """
    if isinstance(key, ec.EllipticCurvePrivateKey):
        known = {"secp256r1": "es256", "secp384r1": "es384", "secp521r1": "es512"}
        if key.curve.name in known:
            return known[key.curve.name]
    elif isinstance(key, ed25519.Ed25519PrivateKey):
        return "ed25519"
    elif isinstance(key, rsa.RSAPrivateKey) and key.key_size >= 2048:
        return "ps256"
    raise InputError(
        "This kind of key does not sign credentials.", hint="Use P-256, P-384, P-521, Ed25519 or RSA 2048."
    )


def read_chain(chain: bytes, key: bytes, password: bytes | None = None) -> tuple[bytes, bytes, str]:
    """A bought certificate and its key, checked, as unencrypted PEM: chain, key, algorithm.

    Raises:
        InputError: not PEM, not a pair, expired, or not for signing.
    """
    try:
        certificates = x509.load_pem_x509_certificates(chain)
        private = serialization.load_pem_private_key(key, password)
    except (ValueError, TypeError) as error:
        raise InputError(
            "The certificate or its key cannot be read.", hint="Give PEM files, and the password if the key has one."
        ) from error
    leaf = certificates[0]
    algorithm = signing_algorithm(private)
    spki = (serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    if leaf.public_key().public_bytes(*spki) != private.public_key().public_bytes(*spki):
        raise InputError(
            "This key does not belong to the first certificate of the chain.", hint="Put the leaf certificate first."
        )
    if problem := leaf_problem(leaf):
        raise InputError(
            f"This certificate cannot sign credentials: {problem}.", hint="Ask for one for e-mail signing."
        )
    if leaf.not_valid_after_utc < datetime.now(UTC):
        raise InputError(
            f"This certificate ended on {leaf.not_valid_after_utc:%Y-%m-%d}.", hint="Renew it with whoever sold it."
        )
    plain = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    kept = [certificate for certificate in certificates if certificate.issuer != certificate.subject]
    return b"".join(map(_pem, kept or certificates)), plain, algorithm
