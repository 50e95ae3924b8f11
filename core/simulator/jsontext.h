#pragma once
/// Writes JSON into a string that is used again and again: commas by itself, no tree, no allocation in the long run.
///
/// Texts are written as they are: the caller knows that they hold nothing that JSON escapes (names and identifiers of
/// the simulator's own, see roster.h). Times are UTC with milliseconds, as Genesys Cloud writes them. Thread: one.
#include <QtGlobal>
#include <string>
#include <string_view>

namespace framescope {

class JsonText
{
public:
    /// Appends to @p json.
    explicit JsonText(std::string& json)
        : m_json(json)
    {
    }

    // Elements of an array, or the value of the document.
    JsonText& openObject() { return open('{'); }
    JsonText& text(std::string_view value);

    // Members of an object.
    JsonText& openObject(std::string_view key) { return name(key), raw('{'); }
    JsonText& openArray(std::string_view key) { return name(key), raw('['); }
    JsonText& text(std::string_view key, std::string_view value);
    JsonText& number(std::string_view key, qint64 value);
    /// Hundredths: 95 is 0.95.
    JsonText& hundredths(std::string_view key, int value);
    JsonText& boolean(std::string_view key, bool value);
    JsonText& time(std::string_view key, qint64 wallMs);
    /// A value that is JSON already.
    JsonText& json(std::string_view key, std::string_view value);
    /// Members that are JSON already.
    JsonText& members(std::string_view members);

    JsonText& closeObject() { return raw('}'); }
    JsonText& closeArray() { return raw(']'); }

private:
    JsonText& raw(char c)
    {
        m_json += c;
        return *this;
    }
    JsonText& open(char c)
    {
        comma();
        return raw(c);
    }
    void comma()
    {
        // A value never ends with these, since texts end with their quote.
        if (!m_json.empty() && m_json.back() != '{' && m_json.back() != '[' && m_json.back() != ':')
            m_json += ',';
    }
    void name(std::string_view key);

    std::string& m_json;
};

/// Appends "2026-01-05T10:00:01.000Z".
void appendIsoTime(qint64 wallMs, std::string& text);
/// Appends a decimal number, with its sign.
void appendInteger(qint64 number, std::string& text);

} // namespace framescope
