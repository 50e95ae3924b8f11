#pragma once
/// Takes secrets out of bytes that are about to be kept: those that the program has registered (base/redactor.h), and
/// ids of notification channels by their form ("streaming-5-" and 26 letters or digits), registered or not, since such
/// an id alone lets anybody listen. Bytes become '*', so that every place stays what it was.
/// For core/decode/*.cpp only. Thread: any.
#include <QByteArray>
#include <cstddef>

namespace framescope {

/// True when something was overwritten.
bool maskSecrets(char* bytes, std::size_t size);
[[nodiscard]] QByteArray withoutSecrets(QByteArray text);

} // namespace framescope
