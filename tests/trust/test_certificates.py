from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID, ObjectIdentifier

from rushlight.core.errors import InputError
from rushlight.trust.certificates import (
    chain_facts,
    leaf_problem,
    make_chain,
    read_chain,
    renew_leaf,
    signing_algorithm,
)

EMAIL = ExtendedKeyUsageOID.EMAIL_PROTECTION
PEM = serialization.Encoding.PEM


def leaf(*purposes: ObjectIdentifier, is_authority: bool = False, days: int = 30) -> tuple[x509.Certificate, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "somebody")])
    above = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "authority")])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder().subject_name(name).issuer_name(above).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=60)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(is_authority, None), True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
                key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
            ),
            True,
        )
    )  # fmt: skip
    if purposes:
        builder = builder.add_extension(x509.ExtendedKeyUsage(list(purposes)), True)
    secret = key.private_bytes(PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return builder.sign(key, hashes.SHA256()), secret


def test_a_local_chain_hangs_together_and_has_the_profile_that_c2pa_asks_for() -> None:
    made = make_chain("Aurora Films")
    root = x509.load_pem_x509_certificate(made.root)
    end, middle = x509.load_pem_x509_certificates(made.chain)
    end.verify_directly_issued_by(middle)
    middle.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert middle.extensions.get_extension_for_class(x509.BasicConstraints).value.path_length == 0
    assert list(end.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [EMAIL]
    assert end.extensions.get_extension_for_class(x509.KeyUsage).critical
    assert leaf_problem(end) == ""
    assert end.not_valid_before_utc < datetime.now(UTC) - timedelta(hours=12)


def test_a_renewed_leaf_hangs_on_the_same_root() -> None:
    made = make_chain("Aurora Films")
    chain, key = renew_leaf("Aurora Films", made.intermediate, made.intermediate_key)
    end, middle = x509.load_pem_x509_certificates(chain)
    end.verify_directly_issued_by(middle)
    assert middle == x509.load_pem_x509_certificate(made.intermediate)
    assert key != made.key


@pytest.mark.parametrize(
    ("purposes", "words"),
    [
        ((ExtendedKeyUsageOID.TIME_STAMPING,), "time stamps"),
        ((EMAIL, ExtendedKeyUsageOID.TIME_STAMPING), "time stamps"),
        ((ExtendedKeyUsageOID.OCSP_SIGNING,), "revocation"),
        ((ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE,), "anything"),
        ((ExtendedKeyUsageOID.SERVER_AUTH,), "not for signing"),
        ((), "no purpose"),
    ],
)
def test_certificates_for_other_purposes_are_told(purposes: tuple[ObjectIdentifier, ...], words: str) -> None:
    assert words in leaf_problem(leaf(*purposes)[0])


def test_an_authority_does_not_sign_films() -> None:
    assert "authority" in leaf_problem(leaf(EMAIL, is_authority=True)[0])


def test_a_bought_certificate_is_checked_before_it_is_taken() -> None:
    certificate, key = leaf(EMAIL)
    pem = certificate.public_bytes(PEM)
    chain, plain, algorithm = read_chain(pem, key)
    assert (chain, algorithm) == (pem, "es256")
    assert b"PRIVATE" in plain
    with pytest.raises(InputError, match="does not belong"):
        read_chain(pem, leaf(EMAIL)[1])
    old, old_key = leaf(EMAIL, days=-1)
    with pytest.raises(InputError, match="ended on"):
        read_chain(old.public_bytes(PEM), old_key)
    stamp, stamp_key = leaf(ExtendedKeyUsageOID.TIME_STAMPING)
    with pytest.raises(InputError, match="cannot sign"):
        read_chain(stamp.public_bytes(PEM), stamp_key)
    with pytest.raises(InputError, match="cannot be read"):
        read_chain(b"no certificate", key)


def test_kinds_of_keys() -> None:
    assert signing_algorithm(ec.generate_private_key(ec.SECP384R1())) == "es384"
    assert signing_algorithm(ed25519.Ed25519PrivateKey.generate()) == "ed25519"
    assert signing_algorithm(rsa.generate_private_key(65537, 2048)) == "ps256"
    with pytest.raises(InputError):
        signing_algorithm(dsa.generate_private_key(2048))
    with pytest.raises(InputError):
        signing_algorithm(ec.generate_private_key(ec.SECP256K1()))


def test_a_damaged_foreign_certificate_is_a_sentence_not_a_crash() -> None:
    good = leaf(EMAIL)[0].public_bytes(serialization.Encoding.DER)
    for place in range(0, len(good), 7):
        changed = bytearray(good)
        changed[place] ^= 255
        assert isinstance(chain_facts((bytes(changed),))[2], str)
