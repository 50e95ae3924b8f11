#pragma once
/// Takes secrets out of text before it reaches a log, an audit row, an error message or a file.
///
/// Two nets: secrets that the program knows (registered with add(): client secret, token) are replaced wherever they
/// occur, also percent-encoded or in base64 of "id:secret"; and text that looks like a credential (Authorization and
/// Cookie headers, access_token=..., JSON "access_token", JWTs) is replaced by shape. Control characters (C0, C1, ESC,
/// CR/LF: CWE-117) are shown as escapes.
///
/// Thread: any; the registry is one mutex-guarded list for the process, since an error text may surface anywhere.
#include "core/base/secret.h"

#include <QByteArray>
#include <QString>
#include <cstddef>

namespace framescope::redactor {

/// Secrets shorter than 6 bytes are not registered: replacing them everywhere would only garble the text.
void add(const Secret& secret);
[[nodiscard]] QString redacted(const QString& text);
[[nodiscard]] QByteArray redacted(const QByteArray& utf8);
/// Overwrites every registered secret in @p bytes with '*', byte for byte, so that places in them stay what they were.
/// True when there was one.
bool maskInPlace(char* bytes, std::size_t size);
/// Control characters as visible escapes ("\\x1b"), so that foreign text cannot drive a terminal or fake a log line.
[[nodiscard]] QString withoutControls(const QString& text);

} // namespace framescope::redactor
