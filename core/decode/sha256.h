#pragma once
/// SHA-256 (FIPS 180-4) by OpenSSL. Thread: any; no allocation.
#include "core/frame/frame.h"

#include <QByteArrayView>

namespace framescope {

class Sha256
{
public:
    [[nodiscard]] static Sha256Digest digest(QByteArrayView bytes);
};

} // namespace framescope
