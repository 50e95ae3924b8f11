#pragma once
/// SHA-256 (FIPS 180-4) by OpenSSL. Thread: any; values, no allocation.
///
/// A Sha256 that has taken bytes may be copied: what many messages begin with is hashed once.
#include <QByteArray>
#include <QByteArrayView>
#include <array>
#include <cstddef>

namespace framescope {

using Sha256Digest = std::array<unsigned char, 32>;

class Sha256
{
public:
    Sha256();
    void add(QByteArrayView bytes);
    /// Once: the state is used up.
    [[nodiscard]] Sha256Digest finish();

    [[nodiscard]] static Sha256Digest digest(QByteArrayView bytes);

private:
    alignas(8) std::array<std::byte, 112> m_state; // OpenSSL's SHA256_CTX, whose header stays out of this one
};

[[nodiscard]] QByteArray toHex(const Sha256Digest& digest);

} // namespace framescope
