#include "core/audit/signingkey.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

namespace framescope {

namespace {

struct FreeBio
{
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

struct FreeDigestContext
{
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeDigestContext>;

constexpr std::size_t seedBytes = 32;

tl::unexpected<Error> noKey(const char* what)
{
    return failure(ErrorCode::Parse, QStringLiteral("this is no Ed25519 %1").arg(QLatin1String(what)));
}

const unsigned char* bytesOf(QByteArrayView view)
{
    return reinterpret_cast<const unsigned char*>(view.data());
}

QByteArray contentOf(BIO* bio)
{
    char* from = nullptr;
    const long size = BIO_get_mem_data(bio, &from);
    return size > 0 ? QByteArray(from, qsizetype(size)) : QByteArray();
}

} // namespace

Expected<PublicKey> PublicKey::fromRaw(QByteArrayView bytes)
{
    PublicKey result;
    if (std::size_t(bytes.size()) != result.m_raw.size())
        return noKey("public key");
    std::copy(bytes.begin(), bytes.end(), result.m_raw.begin());
    EVP_PKEY* key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, result.m_raw.data(), result.m_raw.size());
    if (!key)
        return noKey("public key");
    result.m_key = std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free);
    return result;
}

Expected<PublicKey> PublicKey::fromPem(const QByteArray& pem)
{
    const Bio bio(BIO_new_mem_buf(pem.constData(), int(pem.size())));
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
        PEM_read_bio_PUBKEY(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    Ed25519PublicBytes raw{};
    std::size_t size = raw.size();
    if (!key || EVP_PKEY_id(key.get()) != EVP_PKEY_ED25519 ||
        EVP_PKEY_get_raw_public_key(key.get(), raw.data(), &size) != 1 || size != raw.size())
        return noKey("public key in PEM form");
    return fromRaw(QByteArrayView(raw.data(), qsizetype(raw.size())));
}

QByteArray PublicKey::pem() const
{
    const Bio bio(BIO_new(BIO_s_mem()));
    if (!m_key || PEM_write_bio_PUBKEY(bio.get(), m_key.get()) != 1)
        return {};
    return contentOf(bio.get());
}

Sha256Digest PublicKey::id() const
{
    return Sha256::digest(QByteArrayView(m_raw.data(), qsizetype(m_raw.size())));
}

bool PublicKey::verifies(QByteArrayView message, const Ed25519Signature& signature) const
{
    const DigestContext context(EVP_MD_CTX_new());
    return m_key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, m_key.get()) == 1 &&
           EVP_DigestVerify(context.get(), signature.data(), signature.size(), bytesOf(message),
                            std::size_t(message.size())) == 1;
}

Expected<SigningKey> SigningKey::take(evp_pkey_st* key)
{
    SigningKey result;
    result.m_key = std::shared_ptr<evp_pkey_st>(key, EVP_PKEY_free);
    Ed25519PublicBytes raw{};
    std::size_t size = raw.size();
    if (!key || EVP_PKEY_id(key) != EVP_PKEY_ED25519 || EVP_PKEY_get_raw_public_key(key, raw.data(), &size) != 1)
        return noKey("private key");
    auto publicKey = PublicKey::fromRaw(QByteArrayView(raw.data(), qsizetype(size)));
    if (!publicKey)
        return tl::unexpected(publicKey.error());
    result.m_public = std::move(*publicKey);
    return result;
}

Expected<SigningKey> SigningKey::generate()
{
    return take(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
}

Expected<SigningKey> SigningKey::fromSeed(const Secret& seed)
{
    const QByteArray bytes = seed.reveal();
    if (std::size_t(bytes.size()) != seedBytes)
        return noKey("private key");
    return take(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytesOf(bytes), std::size_t(bytes.size())));
}

Expected<SigningKey> SigningKey::fromPem(const Secret& pem)
{
    const QByteArray bytes = pem.reveal();
    const Bio bio(BIO_new_mem_buf(bytes.constData(), int(bytes.size())));
    // An empty pass phrase: OpenSSL would ask for one at the terminal otherwise.
    char none[] = "";
    return take(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, none));
}

Secret SigningKey::seed() const
{
    QByteArray bytes(qsizetype(seedBytes), '\0');
    std::size_t size = seedBytes;
    if (!m_key || EVP_PKEY_get_raw_private_key(m_key.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size) != 1)
        return {};
    return Secret(bytes);
}

Secret SigningKey::pem() const
{
    const Bio bio(BIO_new(BIO_s_mem()));
    if (!m_key || PEM_write_bio_PKCS8PrivateKey(bio.get(), m_key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
        return {};
    return Secret(contentOf(bio.get()));
}

Expected<Ed25519Signature> SigningKey::sign(QByteArrayView message) const
{
    Ed25519Signature signature{};
    std::size_t size = signature.size();
    const DigestContext context(EVP_MD_CTX_new());
    if (!m_key || !context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, m_key.get()) != 1 ||
        EVP_DigestSign(context.get(), signature.data(), &size, bytesOf(message), std::size_t(message.size())) != 1)
        return failure(ErrorCode::Keychain, QStringLiteral("signing a checkpoint failed"));
    return signature;
}

} // namespace framescope
