// The plain functions are "deprecated" since OpenSSL 3.0 in favour of EVP, whose contexts allocate for each digest
// there, also when they are used again, and take a tenth longer for messages of our size. The algorithm is the same
// code.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "core/decode/sha256.h"

#include <openssl/sha.h>

namespace framescope {

Sha256Digest Sha256::digest(QByteArrayView bytes)
{
    Sha256Digest result{};
    SHA256_CTX state;
    SHA256_Init(&state); // none of the three can fail
    SHA256_Update(&state, bytes.data(), std::size_t(bytes.size()));
    SHA256_Final(result.data(), &state);
    return result;
}

} // namespace framescope
