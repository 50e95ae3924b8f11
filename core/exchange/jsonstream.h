#pragma once
/// Reads JSON (RFC 8259) token by token from a device, in memory that does not depend on the file's size.
///
/// For captures of other programs, which are one document of any size: simdjson, which judges messages, wants all of it
/// at once. Strict: what is no JSON is an error with its place. Names and strings longer than a limit are cut, not
/// refused: their size is known still. A byte order mark before the document is passed over.
/// Thread: one at a time. Errors: Parse (`place`: byte and JSON Pointer), Io.
#include "core/base/error.h"

#include <QByteArray>
#include <QIODevice>
#include <functional>
#include <vector>

namespace framescope {

class JsonStream
{
public:
    enum class Token
    {
        BeginObject,
        EndObject,
        BeginArray,
        EndArray,
        Name,
        String,
        Number,
        True,
        False,
        Null,
        End ///< of the document, with nothing but white space behind it
    };
    static constexpr int depthLimit = 256;
    static constexpr qsizetype defaultTextLimit = 64 * 1024;

    /// From where @p device stands. @p pointer: of the value that begins there ("" for a document).
    explicit JsonStream(QIODevice& device, QString pointer = {});

    [[nodiscard]] Expected<Token> next();
    /// The value that comes next, or the rest of the one whose beginning was just read, whole.
    [[nodiscard]] Expected<void> skip();

    /// Of the last name, string (unescaped) or number; what was cut off is missing.
    [[nodiscard]] const QByteArray& text() const { return m_text; }
    [[nodiscard]] QByteArray takeText() { return std::exchange(m_text, QByteArray()); }
    /// How long the text would be.
    [[nodiscard]] qint64 textBytes() const { return m_textBytes; }
    void setTextLimit(qsizetype bytes) { m_textLimit = bytes; }

    /// Of the last token's first byte, counted from the device's beginning.
    [[nodiscard]] qint64 offset() const { return m_tokenAt; }
    [[nodiscard]] int depth() const { return int(m_levels.size()); }
    /// Of the value that was read last, or whose name was.
    [[nodiscard]] QString pointer() const;
    /// An error about the value that was read last.
    [[nodiscard]] tl::unexpected<Error> invalid(const QString& what) const;

    /// Told of every byte, in order: to hash a file while it is read.
    std::function<void(QByteArrayView)> onBytes;

private:
    enum class Want
    {
        Value,
        ValueOrEnd,
        NameOrEnd,
        Name,
        Colon,
        CommaOrEnd,
        Nothing
    };
    struct Level
    {
        bool isArray = false;
        quint64 index = 0;
        QByteArray name;
    };

    [[nodiscard]] bool fill();
    [[nodiscard]] int peek();
    [[nodiscard]] int peekToken();
    [[nodiscard]] Expected<Token> value(int first);
    [[nodiscard]] Expected<Token> begin(bool isArray);
    [[nodiscard]] Token end();
    [[nodiscard]] Expected<Token> number();
    [[nodiscard]] Expected<Token> word(const char* letters, Token token);
    [[nodiscard]] Expected<void> string();
    [[nodiscard]] Expected<void> escape();
    [[nodiscard]] Expected<char32_t> unicodeEscape();
    void take(QByteArrayView bytes);
    void take(char32_t character);
    void afterValue();
    [[nodiscard]] tl::unexpected<Error> broken(const QString& expected);

    QIODevice& m_device;
    const QString m_base;
    std::vector<char> m_buffer;
    std::size_t m_at = 0;
    std::size_t m_filled = 0;
    qint64 m_bufferAt = 0; ///< where the buffer begins in the device
    qint64 m_tokenAt = 0;
    Want m_want = Want::Value;
    std::vector<Level> m_levels;
    QByteArray m_text;
    qint64 m_textBytes = 0;
    qsizetype m_textLimit = defaultTextLimit;
};

} // namespace framescope
