// Reading and checking `type`, `enum` and `const`: draft-07 validation, section 6.1.
#include "core/decode/schemacompiler.h"
#include "core/decode/schemavalidator.h"

#include <algorithm>

namespace framescope {

namespace {

/// Without case, and with '-', '.' and '_' for the same letter: "transfer.conference", "TRANSFER_CONFERENCE".
bool isSameWord(std::string_view a, std::string_view b)
{
    const auto folded = [](char letter) {
        return letter == '-' || letter == '.' ? '_' : letter >= 'A' && letter <= 'Z' ? char(letter | 0x20) : letter;
    };
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return folded(x) == folded(y); });
}

} // namespace

void SchemaCompiler::readType(Node& node, Element value, const QByteArray& at)
{
    node.types = 0;
    const auto add = [&](Element name) {
        quint8 type = name.is_string() ? jsonTypeFromName(stringOf(name)) : 0;
        if (type == 0)
            fail(ErrorCode::Parse, QStringLiteral("\"type\" names no JSON type"), at);
        if (type == JsonType::Integer && m_dialect == SchemaDialect::Draft4 && !isOpen())
            type = JsonType::WrittenInteger;
        node.types |= type == 0 ? JsonType::Any : type; // draft-03 has "any"
    };
    if (!value.is_array()) {
        add(value);
        return;
    }
    for (const Element name : arrayOf(value))
        add(name);
    if (node.types == 0 && !isOpen())
        fail(ErrorCode::Parse, QStringLiteral("\"type\" names at least one"), at);
    if (node.types == 0)
        node.types = JsonType::Any;
}

void SchemaCompiler::readEnum(Node& node, Element value, const QByteArray& at)
{
    if (!value.is_array() || (isOpen() && arrayOf(value).size() == 0)) {
        fail(ErrorCode::Parse, QStringLiteral("\"enum\" is a list of at least one value"), at);
        return;
    }
    SchemaLiterals& literals = schemaGroup(node.literals);
    literals.listed = arrayOf(value);
    for (const Element each : arrayOf(value)) {
        if (each.is_string())
            (void)literals.texts.add(stringOf(each));
        else
            literals.others.push_back(each);
    }
}

void SchemaCompiler::readConst(Node& node, Element value, const QByteArray&)
{
    schemaGroup(node.literals).constant = value;
}

bool SchemaValidator::checkLiterals(const Node& node, const Subject& subject)
{
    const SchemaLiterals& literals = *node.literals;
    const auto constant = [&] { return jsonEvidence(*literals.constant); };
    bool good = true;
    if (literals.constant && !isEqual(subject, *literals.constant) && m_budget >= 0)
        good = m_isOpen ? note(FindingId::EnumUnknown, node, "const", constant)
                        : fail(FindingId::SchemaConst, node, "const", constant);
    return literals.listed ? checkEnum(node, subject) && good : good;
}

bool SchemaValidator::checkEnum(const Node& node, const Subject& subject)
{
    const SchemaLiterals& literals = *node.literals;
    const bool isText = subject.isText();
    const auto isOther = [&] {
        m_budget -= qint64(literals.others.size() / 4);
        return std::any_of(literals.others.begin(), literals.others.end(),
                           [&](Element listed) { return isEqual(subject, listed); });
    };
    if (isText ? literals.texts.find(subject.text) != SchemaNames::none : isOther())
        return true;
    if (m_budget < 0)
        return giveUp(node);
    const auto listed = [&] {
        QByteArray text;
        for (const Element each : *literals.listed) {
            if (text.size() > evidenceLimit)
                break;
            text += (text.isEmpty() ? "" : ", ") + jsonEvidence(each);
        }
        return text.isEmpty() ? QByteArray("nothing: the list is empty") : text;
    };
    if (!m_isOpen)
        return fail(FindingId::SchemaEnum, node, "enum", listed);
    // The service has two spellings of many values, "inbound" and "INBOUND": neither is news.
    const std::vector<std::string_view>& texts = literals.texts.all();
    const bool isSpelling = isText && std::any_of(texts.begin(), texts.end(), [&](std::string_view text) {
                                return isSameWord(text, subject.text);
                            });
    return isSpelling || note(FindingId::EnumUnknown, node, "enum", listed);
}

bool SchemaValidator::isEqual(const Subject& subject, Element literal)
{
    if (subject.isText())
        return literal.is_string() && stringOf(literal) == subject.text;
    return jsonEqual(subject.element, literal, m_budget);
}

} // namespace framescope
