#include "core/base/secret.h"

namespace framescope {

Secret::Secret(QByteArray bytes)
    : m_bytes(new QByteArray(std::move(bytes)), [](const QByteArray* held) {
        // Best effort: the buffer is overwritten before it is freed when nobody else shares it.
        auto* wiped = const_cast<QByteArray*>(held);
        if (wiped->isDetached())
            std::fill_n(static_cast<volatile char*>(wiped->data()), wiped->size(), '\0');
        delete held;
    })
{
}

} // namespace framescope
