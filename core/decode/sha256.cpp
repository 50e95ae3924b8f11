#include "core/decode/sha256.h"

#include <openssl/evp.h>

namespace framescope {

struct Sha256::Context
{
    EVP_MD_CTX* state = EVP_MD_CTX_new();
    EVP_MD* algorithm =
        EVP_MD_fetch(nullptr, "SHA256", nullptr); // fetched once: a fetch per digest costs more than hashing
};

Sha256::Sha256()
    : m_context(std::make_unique<Context>())
{
    if (!m_context->state || !m_context->algorithm ||
        EVP_DigestInit_ex2(m_context->state, m_context->algorithm, nullptr) != 1)
        qFatal("OpenSSL offers no SHA-256"); // without it there is no evidence: never reachable from the wire
}

Sha256::~Sha256()
{
    EVP_MD_CTX_free(m_context->state);
    EVP_MD_free(m_context->algorithm);
}

Sha256Digest Sha256::digest(QByteArrayView bytes)
{
    Sha256Digest result{};
    EVP_DigestInit_ex2(m_context->state, nullptr, nullptr); // nullptr: same algorithm again
    EVP_DigestUpdate(m_context->state, bytes.data(), std::size_t(bytes.size()));
    EVP_DigestFinal_ex(m_context->state, result.data(), nullptr);
    return result;
}

} // namespace framescope
