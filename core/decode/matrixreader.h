#pragma once
/// Reads and checks a payload type matrix document, strictly. For core/decode/*.cpp only.
#include "core/decode/jsonvalue.h"
#include "core/decode/payloadmatrix_p.h"

#include <initializer_list>

namespace framescope {

class MatrixReader
{
public:
    explicit MatrixReader(QString schemaFolder)
        : m_schemaFolder(std::move(schemaFolder))
    {
    }

    Expected<std::vector<TypeRule>> read(simdjson::dom::element document);

private:
    using Element = simdjson::dom::element;
    using Names = std::initializer_list<std::string_view>;

    /// A value with its place in the document.
    struct Place
    {
        Element value;
        QByteArray pointer;
    };

    // Each reads one thing and, on failure, keeps the first error and returns something harmless.
    bool isObject(const Place& place, Names allowed);
    std::optional<Place> member(const Place& object, std::string_view name);
    std::optional<Place> requiredMember(const Place& object, std::string_view name);
    QByteArray text(const Place& place);
    qsizetype number(const Place& place, qsizetype least, qsizetype most);
    QByteArray hex(const Place& place, qsizetype leastBytes, qsizetype mostBytes);
    std::optional<CompiledPointer> pointer(const Place& place);
    std::optional<CompiledPointer> pointerObject(const Place& place);
    FieldAt field(const Place& place, std::string_view lengthName, std::initializer_list<qsizetype> lengths);
    std::array<bool, 256> byteSet(const Place& place);
    void fail(const QString& reason, const QByteArray& pointer);

    TypeRule type(const Place& place);
    void readMatch(TypeRule& rule, const Place& place);
    void readTextParts(TypeRule& rule, const Place& place);
    void readBinaryParts(TypeRule& rule, const Place& place);
    Schema::Formats readFormats(const Place& place);
    void readSchema(TypeRule& rule, const Place& place, Schema::Formats formats);
    void readChecksum(TypeRule& rule, const Place& place);
    void readExpected(const TypeRule& rule, ChecksumRule& checksum, const Place& place);
    void readCovers(const TypeRule& rule, ChecksumRule& checksum, const Place& place);
    void refuseSelfReference(const ChecksumRule& checksum, const QByteArray& pointer);
    void readMedia(TypeRule& rule, const Place& place);
    void refuseRepeated(const std::vector<TypeRule>& types);

    QString m_schemaFolder;
    std::optional<Error> m_error;
};

} // namespace framescope
