#include "core/base/redactor.h"

#include <QRegularExpression>
#include <cstring>
#include <deque>
#include <mutex>

namespace framescope::redactor {

namespace {

constexpr qsizetype minimumLength = 6;
/// Tokens and channels are renewed; the oldest ones have expired by then. Of 20 channels two secrets each, twice over.
constexpr std::size_t rememberedSecrets = 160;

struct Registry
{
    std::mutex mutex;
    std::deque<QByteArray> needles;
};

Registry& registry()
{
    static Registry instance;
    return instance;
}

const QString replacement = QStringLiteral("[redacted]");

QString byShape(QString text)
{
    static const QRegularExpression header(
        QStringLiteral(
            R"((authorization|proxy-authorization|cookie|set-cookie|x-api-key)(["']?\s*[:=]\s*["']?)[^\r\n"']+)"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression member(
        QStringLiteral(R"(((?:access|refresh|id)_token|client_secret|code_verifier)(["']?\s*[:=]\s*["']?)[^\s&"',}]+)"),
        QRegularExpression::CaseInsensitiveOption);
    static const QRegularExpression scheme(QStringLiteral(R"(\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{6,})"));
    static const QRegularExpression jwt(QStringLiteral(R"(\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*)"));
    text.replace(header, QStringLiteral("\\1\\2[redacted]"));
    text.replace(member, QStringLiteral("\\1\\2[redacted]"));
    text.replace(scheme, QStringLiteral("\\1 [redacted]"));
    text.replace(jwt, replacement);
    return text;
}

} // namespace

void add(const Secret& secret)
{
    const QByteArray bytes = secret.reveal();
    if (bytes.size() < minimumLength)
        return;
    Registry& known = registry();
    const std::lock_guard lock(known.mutex);
    for (const QByteArray& needle : {bytes, bytes.toPercentEncoding(), bytes.toBase64()}) {
        // One that is named again is in use still: it moves to the end that is forgotten last.
        std::erase(known.needles, needle);
        known.needles.push_back(needle);
    }
    while (known.needles.size() > rememberedSecrets * 3)
        known.needles.pop_front();
}

QString redacted(const QString& text)
{
    if (text.isEmpty())
        return text;
    QString clean = text;
    {
        Registry& known = registry();
        const std::lock_guard lock(known.mutex);
        for (const QByteArray& needle : known.needles)
            clean.replace(QString::fromUtf8(needle), replacement);
    }
    return withoutControls(byShape(std::move(clean)));
}

QByteArray redacted(const QByteArray& utf8)
{
    return redacted(QString::fromUtf8(utf8)).toUtf8();
}

bool maskInPlace(char* bytes, std::size_t size)
{
    Registry& known = registry();
    const std::lock_guard lock(known.mutex);
    bool found = false;
    for (const QByteArray& needle : known.needles) {
        const std::size_t length = std::size_t(needle.size());
        char* from = bytes;
        char* const end = bytes + size;
        while (void* at = memmem(from, std::size_t(end - from), needle.constData(), length)) {
            std::memset(at, '*', length);
            from = static_cast<char*>(at) + length;
            found = true;
        }
    }
    return found;
}

QString withoutControls(const QString& text)
{
    const auto isControl = [](QChar c) { return c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0); };
    if (std::none_of(text.begin(), text.end(), isControl))
        return text;
    QString shown;
    shown.reserve(text.size() + 16);
    for (const QChar c : text) {
        if (isControl(c))
            shown += QStringLiteral("\\x%1").arg(c.unicode(), 2, 16, QLatin1Char('0'));
        else
            shown += c;
    }
    return shown;
}

} // namespace framescope::redactor
