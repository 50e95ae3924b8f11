#include "core/exchange/jsonstream.h"

#include <QFileDevice>
#include <algorithm>
#include <cstring>

namespace framescope {

namespace {

constexpr std::size_t bufferBytes = 64 * 1024;
constexpr int endOfFile = -1;
constexpr qsizetype numberLimit = 1024;

bool isJsonDigit(int c)
{
    return c >= '0' && c <= '9';
}

/// Ends a run of characters that stand in a string as they are.
bool endsRun(char c)
{
    return c == '"' || c == '\\' || uchar(c) < 0x20;
}

QString escapedName(const QByteArray& name)
{
    return QString::fromUtf8(name).replace(u'~', QStringLiteral("~0")).replace(u'/', QStringLiteral("~1"));
}

} // namespace

JsonStream::JsonStream(QIODevice& device, QString pointer)
    : m_device(device)
    , m_base(std::move(pointer))
    , m_buffer(bufferBytes)
    , m_bufferAt(device.pos())
{
}

bool JsonStream::fill()
{
    m_bufferAt += qint64(m_filled);
    m_at = 0;
    const qint64 read = m_device.read(m_buffer.data(), qint64(m_buffer.size()));
    m_filled = read > 0 ? std::size_t(read) : 0;
    if (onBytes && m_filled > 0)
        onBytes({m_buffer.data(), qsizetype(m_filled)});
    return m_filled > 0;
}

int JsonStream::peek()
{
    return m_at < m_filled || fill() ? uchar(m_buffer[m_at]) : endOfFile;
}

int JsonStream::peekToken()
{
    int c = peek();
    while (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
        ++m_at;
        c = peek();
    }
    m_tokenAt = m_bufferAt + qint64(m_at);
    return c;
}

QString JsonStream::pointer() const
{
    QString text = m_base;
    for (const Level& level : m_levels) {
        if (!level.isArray && level.name.isNull())
            break; // an object whose members have not begun
        text += u'/' + (level.isArray ? QString::number(level.index) : escapedName(level.name));
    }
    return text;
}

tl::unexpected<Error> JsonStream::invalid(const QString& what) const
{
    const QString at = pointer();
    return failure(ErrorCode::Parse, what,
                   QStringLiteral("byte %1").arg(m_tokenAt) + (at.isEmpty() ? QString() : QStringLiteral(", ") + at));
}

tl::unexpected<Error> JsonStream::broken(const QString& expected)
{
    m_tokenAt = m_bufferAt + qint64(m_at);
    if (peek() != endOfFile)
        return invalid(QStringLiteral("no JSON: expected ") + expected);
    auto* const file = qobject_cast<QFileDevice*>(&m_device);
    if (file && file->error() != QFileDevice::NoError)
        return failure(ErrorCode::Io, m_device.errorString());
    return invalid(QStringLiteral("the text ends too early: expected ") + expected);
}

void JsonStream::afterValue()
{
    m_want = m_levels.empty() ? Want::Nothing : Want::CommaOrEnd;
}

Expected<JsonStream::Token> JsonStream::next()
{
    int c = peekToken();
    if (m_want == Want::CommaOrEnd) {
        const bool isArray = m_levels.back().isArray;
        if (c == ',') {
            ++m_at;
            if (isArray)
                ++m_levels.back().index;
            m_want = isArray ? Want::Value : Want::Name;
            c = peekToken();
        } else if (c == (isArray ? ']' : '}')) {
            return end();
        } else {
            return broken(isArray ? QStringLiteral("',' or ']'") : QStringLiteral("',' or '}'"));
        }
    }
    if (m_want == Want::NameOrEnd && c == '}')
        return end();
    if (m_want == Want::Name || m_want == Want::NameOrEnd) {
        if (c != '"')
            return broken(QStringLiteral("the name of a member"));
        if (auto ok = string(); !ok)
            return tl::unexpected(ok.error());
        m_levels.back().name = m_text;
        if (peekToken() != ':')
            return broken(QStringLiteral("':'"));
        ++m_at;
        m_want = Want::Value;
        return Token::Name;
    }
    if (m_want == Want::Nothing)
        return c == endOfFile ? Expected<Token>(Token::End) : broken(QStringLiteral("nothing more"));
    if (m_want == Want::ValueOrEnd && c == ']')
        return end();
    return value(c);
}

Expected<JsonStream::Token> JsonStream::value(int first)
{
    if (m_tokenAt == 0 && first == 0xef) { // the mark that some editors put before UTF-8
        for (const int byte : {0xef, 0xbb, 0xbf}) {
            if (peek() != byte)
                return broken(QStringLiteral("a value"));
            ++m_at;
        }
        first = peekToken();
    }
    switch (first) {
    case '{':
        return begin(false);
    case '[':
        return begin(true);
    case '"':
        if (auto ok = string(); !ok)
            return tl::unexpected(ok.error());
        afterValue();
        return Token::String;
    case 't':
        return word("true", Token::True);
    case 'f':
        return word("false", Token::False);
    case 'n':
        return word("null", Token::Null);
    default:
        return number();
    }
}

Expected<JsonStream::Token> JsonStream::begin(bool isArray)
{
    if (m_levels.size() >= depthLimit)
        return invalid(QStringLiteral("nested more than %1 deep").arg(depthLimit));
    ++m_at;
    m_levels.push_back({isArray, 0, {}});
    m_want = isArray ? Want::ValueOrEnd : Want::NameOrEnd;
    return isArray ? Token::BeginArray : Token::BeginObject;
}

JsonStream::Token JsonStream::end()
{
    ++m_at;
    const bool isArray = m_levels.back().isArray;
    m_levels.pop_back();
    afterValue();
    return isArray ? Token::EndArray : Token::EndObject;
}

Expected<JsonStream::Token> JsonStream::word(const char* letters, Token token)
{
    for (const char* letter = letters; *letter != 0; ++letter, ++m_at) {
        if (peek() != uchar(*letter))
            return broken(QLatin1String(letters));
    }
    afterValue();
    return token;
}

/// RFC 8259 section 6.
Expected<JsonStream::Token> JsonStream::number()
{
    m_text.resize(0);
    const auto takeOne = [this](int c) {
        if (m_text.size() < numberLimit)
            m_text += char(c);
        ++m_at;
    };
    const auto takeDigits = [&] {
        const bool isThere = isJsonDigit(peek());
        while (isJsonDigit(peek()))
            takeOne(peek());
        return isThere;
    };
    if (peek() == '-')
        takeOne('-');
    if (peek() == '0')
        takeOne('0');
    else if (!takeDigits())
        return broken(QStringLiteral("a value"));
    if (peek() == '.') {
        takeOne('.');
        if (!takeDigits())
            return broken(QStringLiteral("a digit"));
    }
    if (peek() == 'e' || peek() == 'E') {
        takeOne('e');
        if (peek() == '+' || peek() == '-')
            takeOne(peek());
        if (!takeDigits())
            return broken(QStringLiteral("a digit"));
    }
    if (m_text.size() >= numberLimit)
        return invalid(QStringLiteral("a number of more than %1 characters").arg(numberLimit));
    m_textBytes = m_text.size();
    afterValue();
    return Token::Number;
}

void JsonStream::take(QByteArrayView bytes)
{
    m_textBytes += bytes.size();
    const qsizetype room = std::max<qsizetype>(m_textLimit - m_text.size(), 0);
    m_text.append(bytes.first(std::min(bytes.size(), room)));
}

void JsonStream::take(char32_t character)
{
    take(QString::fromUcs4(&character, 1).toUtf8());
}

Expected<void> JsonStream::string()
{
    if (m_text.capacity() > 1024 * 1024)
        m_text = QByteArray(); // one long text must not keep its memory
    m_text.resize(0);
    m_textBytes = 0;
    const qint64 startsAt = m_tokenAt;
    bool isAscii = true;
    ++m_at;
    for (;;) {
        const int c = peek();
        const char* const from = m_buffer.data() + m_at;
        const char* const run = std::find_if(from, static_cast<const char*>(m_buffer.data()) + m_filled, endsRun);
        if (c != endOfFile && run != from) {
            const QByteArrayView plain(from, run);
            isAscii = isAscii && std::all_of(plain.begin(), plain.end(), [](char b) { return uchar(b) < 0x80; });
            take(plain);
            m_at += std::size_t(plain.size());
        } else if (c == '"') {
            ++m_at;
            break;
        } else if (c == '\\') {
            ++m_at;
            if (auto ok = escape(); !ok)
                return ok;
        } else {
            return broken(QStringLiteral("the end of a string"));
        }
    }
    m_tokenAt = startsAt;
    // One that was cut may end inside a character.
    if (!isAscii && m_textBytes == m_text.size() && !QUtf8StringView(m_text.data(), m_text.size()).isValidUtf8())
        return invalid(QStringLiteral("a string that is no UTF-8"));
    return {};
}

Expected<void> JsonStream::escape()
{
    static constexpr char letters[] = "\"\\/bfnrt";
    static constexpr char meanings[] = "\"\\/\b\f\n\r\t";
    const int c = peek();
    if (c == 'u') {
        ++m_at;
        auto character = unicodeEscape();
        if (!character)
            return tl::unexpected(character.error());
        // A high surrogate wants its low one as the next escape; what is left alone becomes U+FFFD.
        while (QChar::isHighSurrogate(*character) && peek() == '\\') {
            ++m_at;
            if (peek() != 'u') {
                take(char32_t(QChar::ReplacementCharacter));
                return escape();
            }
            ++m_at;
            const auto low = unicodeEscape();
            if (!low)
                return tl::unexpected(low.error());
            if (QChar::isLowSurrogate(*low)) {
                take(QChar::surrogateToUcs4(char16_t(*character), char16_t(*low)));
                return {};
            }
            take(char32_t(QChar::ReplacementCharacter));
            character = *low;
        }
        take(QChar::isSurrogate(*character) ? char32_t(QChar::ReplacementCharacter) : *character);
        return {};
    }
    const char* const found = c == endOfFile || c == 0 ? nullptr : std::strchr(letters, c);
    if (!found)
        return broken(QStringLiteral("an escape"));
    ++m_at;
    take(QByteArrayView(&meanings[found - letters], 1));
    return {};
}

Expected<char32_t> JsonStream::unicodeEscape()
{
    char32_t character = 0;
    for (int i = 0; i < 4; ++i, ++m_at) {
        const int c = peek();
        const int digit = isJsonDigit(c)         ? c - '0'
                          : c >= 'a' && c <= 'f' ? c - 'a' + 10
                          : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                                 : -1;
        if (digit < 0)
            return broken(QStringLiteral("four hexadecimal digits"));
        character = character * 16 + char32_t(digit);
    }
    return character;
}

Expected<void> JsonStream::skip()
{
    // Inside a value whose beginning was just read: up to its end; otherwise the next value.
    const bool isInside = m_want == Want::ValueOrEnd || m_want == Want::NameOrEnd;
    const std::size_t outside = m_levels.size() - (isInside ? 1 : 0);
    const qsizetype limit = std::exchange(m_textLimit, 256);
    do {
        const auto token = next();
        if (!token) {
            m_textLimit = limit;
            return tl::unexpected(token.error());
        }
    } while (m_levels.size() > outside);
    m_textLimit = limit;
    return {};
}

} // namespace framescope
