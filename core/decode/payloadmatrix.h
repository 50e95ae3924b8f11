#pragma once
/// The payload type matrix: data that says, per message type, how it is recognised, whether it is text or binary, its
/// schema and its checksum rule. The built-in one is resources/payload-matrix.json; a user's own comes through
/// preferences and --matrix. Its form is described in core/decode/README.md and checked when it is loaded: an error
/// names the place (JSON Pointer) and the reason.
///
/// Thread: any; immutable once loaded.
#include "core/base/error.h"

#include <QByteArray>
#include <QString>
#include <memory>
#include <vector>

namespace framescope {

class PayloadMatrix
{
public:
    [[nodiscard]] static Expected<PayloadMatrix> builtIn();
    /// Schemas named by relative path are looked for beside the file.
    [[nodiscard]] static Expected<PayloadMatrix> fromFile(const QString& path);
    [[nodiscard]] static Expected<PayloadMatrix> fromJson(const QByteArray& json, const QString& schemaFolder);

    [[nodiscard]] std::vector<QByteArray> typeNames() const;
    [[nodiscard]] QByteArray sha256Hex() const; ///< of the matrix document, for the audit

    struct Private; ///< the decoder's view, in payloadmatrix_p.h
    [[nodiscard]] const std::shared_ptr<const Private>& data() const { return d; }

private:
    std::shared_ptr<const Private> d;
};

} // namespace framescope
