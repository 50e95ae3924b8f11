#pragma once
/// Where a fault is in the message that was sent, as the simulator knows it from having made it there. It is never
/// asked of a decoder: both are held against each other.
///
/// Thread: any; values and a pure function. Units: bytes of the payload, as text its UTF-8.
#include <QByteArray>
#include <QtGlobal>
#include <string_view>

namespace framescope {

struct FaultPlace
{
    QByteArray pointer; ///< JSON Pointer (RFC 6901); empty: the document itself, or no JSON
    quint32 offset = 0;
    quint32 length = 0; ///< 0: no bytes are marked, the message as a whole is meant
};

/// The value that begins at @p offset of @p json; its pointer is found by walking there. Texts of the simulator hold no
/// escapes, so none is looked for.
[[nodiscard]] FaultPlace placeOfValue(std::string_view json, std::size_t offset, std::size_t length);

} // namespace framescope
