// The plain functions are "deprecated" since OpenSSL 3.0 in favour of EVP, whose contexts allocate for each digest
// there, also when they are used again, and take a tenth longer for messages of our size. The algorithm is the same
// code.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/base/sha256.h"

#include <openssl/sha.h>

namespace framescope {

namespace {

static_assert(sizeof(SHA256_CTX) == 112 && alignof(SHA256_CTX) <= 8 && std::is_trivially_copyable_v<SHA256_CTX>);

SHA256_CTX* context(std::array<std::byte, 112>& state)
{
    return reinterpret_cast<SHA256_CTX*>(state.data());
}

} // namespace

// None of OpenSSL's three functions can fail.
Sha256::Sha256()
{
    SHA256_Init(context(m_state));
}

void Sha256::add(QByteArrayView bytes)
{
    SHA256_Update(context(m_state), bytes.data(), std::size_t(bytes.size()));
}

Sha256Digest Sha256::finish()
{
    Sha256Digest result{};
    SHA256_Final(result.data(), context(m_state));
    return result;
}

Sha256Digest Sha256::digest(QByteArrayView bytes)
{
    Sha256 state;
    state.add(bytes);
    return state.finish();
}

QByteArray toHex(const Sha256Digest& digest)
{
    return QByteArray::fromRawData(reinterpret_cast<const char*>(digest.data()), qsizetype(digest.size())).toHex();
}

} // namespace framescope
