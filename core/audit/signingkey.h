#pragma once
/// The Ed25519 key (RFC 8032) that signs checkpoints of the audit chain, and its public half that verifies them.
///
/// Thread: any; values that may be shared. Errors: Parse for bytes that are no such key.
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/sha256.h"

#include <memory>

struct evp_pkey_st;

namespace framescope {

using Ed25519Signature = std::array<unsigned char, 64>;
using Ed25519PublicBytes = std::array<unsigned char, 32>;

class PublicKey
{
public:
    [[nodiscard]] static Expected<PublicKey> fromRaw(QByteArrayView bytes);
    /// SubjectPublicKeyInfo as `openssl pkey -pubout` writes it.
    [[nodiscard]] static Expected<PublicKey> fromPem(const QByteArray& pem);

    [[nodiscard]] const Ed25519PublicBytes& raw() const { return m_raw; }
    [[nodiscard]] QByteArray pem() const;
    /// SHA-256 of the 32 bytes: what checkpoints and people call the key by.
    [[nodiscard]] Sha256Digest id() const;
    [[nodiscard]] bool verifies(QByteArrayView message, const Ed25519Signature& signature) const;

    friend bool operator==(const PublicKey& a, const PublicKey& b) { return a.m_raw == b.m_raw; }

private:
    Ed25519PublicBytes m_raw{};
    std::shared_ptr<evp_pkey_st> m_key;
};

class SigningKey
{
public:
    [[nodiscard]] static Expected<SigningKey> generate();
    /// The 32 bytes that RFC 8032 calls the private key.
    [[nodiscard]] static Expected<SigningKey> fromSeed(const Secret& seed);
    /// PKCS #8, not encrypted.
    [[nodiscard]] static Expected<SigningKey> fromPem(const Secret& pem);

    [[nodiscard]] Secret seed() const;
    [[nodiscard]] Secret pem() const;
    [[nodiscard]] const PublicKey& publicKey() const { return m_public; }
    [[nodiscard]] Expected<Ed25519Signature> sign(QByteArrayView message) const;

private:
    [[nodiscard]] static Expected<SigningKey> take(evp_pkey_st* key);

    std::shared_ptr<evp_pkey_st> m_key;
    PublicKey m_public;
};

} // namespace framescope
