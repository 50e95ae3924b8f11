#pragma once
/// A JSON Schema, compiled once when it is loaded and run over parsed documents.
///
/// The keywords that event schemas use are checks of our own; a schema that uses others is refused by name until the
/// general validator comes with the wire-speed issue. `$schema` may be draft-04, -06, -07 or 2020-12 as long as its
/// keywords mean the same. Thread: any; immutable once compiled. Errors: Parse (not JSON) or Unsupported, with the JSON
/// Pointer of the place.
#include "core/base/error.h"
#include "core/frame/finding.h"

#include <QByteArray>
#include <QString>
#include <memory>
#include <vector>

namespace framescope {

class Schema
{
public:
    [[nodiscard]] static Expected<Schema> compile(const QByteArray& json, const QString& place = {});
    /// Judges a whole document (for `validate` and tests; the decoder uses the parsed form). Appends findings.
    void validate(QByteArrayView document, std::vector<Finding>& findings) const;

    struct Node; ///< compiled form, in schema_p.h
    [[nodiscard]] const std::shared_ptr<const Node>& root() const { return m_root; }

private:
    std::shared_ptr<const Node> m_root;
};

} // namespace framescope
