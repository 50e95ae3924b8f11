#pragma once
/// Parses JSON text with simdjson, one document at a time, in memory that is used again; on failure says where and why.
/// The private face of the room: only core/decode/*.cpp include it.
/// Thread: one reader, one thread.
#include "core/decode/duplicatekeys.h"
#include "core/decode/findingcollector.h"
#include "core/decode/jsonlocator.h"

#include <simdjson.h>

namespace framescope {

struct JsonFault;

class JsonReader
{
public:
    static constexpr std::size_t padding = simdjson::SIMDJSON_PADDING;

    /// Text nested deeper than @p depthLimit levels is refused with JSON-DEPTH.
    explicit JsonReader(int depthLimit);

    /// @p text is followed by `padding` readable bytes. False when it cannot be judged any further; findings say why.
    /// Bad UTF-8 comes before everything else. Lone surrogates, numbers out of range and repeated members are findings,
    /// and the rest can still be judged: of a number the nearest double, for a surrogate U+FFFD.
    bool read(QByteArrayView text, FindingCollector& findings)
    {
        return readText(text, findings) && checkNames(findings);
    }
    /// The first stage alone: the locator is of @p text, which need not be JSON; there is no document. False when it is
    /// none for certain, must be explained, or has escapes; nothing is reported.
    bool listTokens(QByteArrayView text);
    /// The same in two steps: names need no look where they are known to differ.
    bool readText(QByteArrayView text, FindingCollector& findings);
    bool checkNames(FindingCollector& findings);

    [[nodiscard]] const simdjson::dom::document& document() const { return m_parser.doc; }
    [[nodiscard]] simdjson::dom::element root() const { return m_root; }
    [[nodiscard]] const JsonLocator& locator() const { return m_locator; }
    [[nodiscard]] QByteArrayView text() const { return m_text; }
    [[nodiscard]] int depthLimit() const { return m_depthLimit; }

private:
    void shrink();
    void locate(bool hasEscapes);
    bool parse(QByteArrayView padded);
    bool explainFailure(FindingCollector& findings);
    void reportUtf8(FindingCollector& findings) const;
    void report(const JsonFault& fault, FindingCollector& findings) const;

    simdjson::dom::parser m_parser;
    int m_depthLimit;
    QByteArrayView m_text;
    QByteArray m_patched;
    DuplicateKeys m_duplicateKeys;
    simdjson::dom::element m_root;
    JsonLocator m_locator;
};

} // namespace framescope
