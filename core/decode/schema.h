#pragma once
/// A JSON Schema, compiled once when it is loaded and run over parsed documents.
///
/// Drafts -04, -06, -07, 2019-09 and 2020-12, by `$schema`; draft-07 where it is absent, or 2020-12 where keywords say
/// so. Every keyword is a check of our own, bounded in steps. What is refused by name: `$dynamicRef`, `$recursiveRef`,
/// `unevaluatedItems`, `unevaluatedProperties`, keywords of another draft, and references out of the document. Unknown
/// keywords describe, as the standard says. Thread: any; immutable once compiled. Errors: Parse (not JSON, or no
/// schema) or Unsupported, with the JSON Pointer of the place.
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
    enum class Formats
    {
        Described, ///< `format` says what is meant, and judges nothing
        Checked    ///< those of core/decode/README.md are checked, others are not
    };

    /// @p place is put before the JSON Pointer in errors, as the name of the file.
    [[nodiscard]] static Expected<Schema> compile(const QByteArray& json, const QString& place = {},
                                                  Formats formats = Formats::Described);
    /// Judges a whole document (for `validate` and tests; the decoder uses the parsed form). Appends findings.
    void validate(QByteArrayView document, std::vector<Finding>& findings) const;

    /// Whether the decoder's short way through good documents (quickcheck.h) knows that @p document fits and that no
    /// member of it stands twice. False says nothing.
    [[nodiscard]] bool confirms(QByteArrayView document) const;

    struct Node; ///< compiled form, in schema_p.h
    [[nodiscard]] const std::shared_ptr<const Node>& root() const { return m_root; }

private:
    std::shared_ptr<const Node> m_root;
};

} // namespace framescope
