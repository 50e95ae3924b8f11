#pragma once
/// SHA-256 (FIPS 180-4) by OpenSSL, with one context that is used again and again.
/// Thread: one object, one thread.
#include "core/frame/frame.h"

#include <QByteArrayView>
#include <memory>

namespace framescope {

class Sha256
{
public:
    Sha256();
    ~Sha256();

    [[nodiscard]] Sha256Digest digest(QByteArrayView bytes);

private:
    struct Context;
    std::unique_ptr<Context> m_context;
};

} // namespace framescope
