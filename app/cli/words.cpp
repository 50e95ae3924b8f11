#include "app/cli/words.h"

#include "app/cli/exitcode.h"

#include <QLocale>
#include <cmath>

namespace framescope::cli {

namespace {

QString advice(ErrorCode code)
{
    switch (code) {
    case ErrorCode::WrongCredentials:
        return QStringLiteral("the client id or secret was not accepted; check GENESYS_CLIENT_ID and "
                              "GENESYS_CLIENT_SECRET, and that the region is the right one");
    case ErrorCode::TokenRejected:
        return QStringLiteral(
            "the stream refused a fresh token; check that stream and token URL belong to the same region");
    case ErrorCode::ScopeMissing:
        return QStringLiteral("the OAuth client lacks a scope or permission; compare its roles with --scope");
    case ErrorCode::RateLimited:
        return QStringLiteral("the service asked to slow down; try again later");
    case ErrorCode::Network:
        return QStringLiteral("is the address right, and does somebody listen there?");
    case ErrorCode::Timeout:
        return QStringLiteral("the other side did not answer in time");
    case ErrorCode::Tls:
        return QStringLiteral("the certificate was not accepted; --ca-file names a further authority");
    case ErrorCode::Protocol:
        return QStringLiteral("the other side does not speak WebSocket as RFC 6455 says");
    case ErrorCode::Busy:
        return QStringLiteral("another program is using it");
    case ErrorCode::Keychain:
        return QStringLiteral("set GENESYS_CLIENT_SECRET in the environment instead");
    case ErrorCode::Storage:
    case ErrorCode::Io:
        return QStringLiteral("check the path, the rights and the free space");
    default:
        return {};
    }
}

QString fixed(double value, int decimals)
{
    return QString::number(value, 'f', decimals);
}

} // namespace

QString inWords(const Error& error)
{
    QString text = error.detail.isEmpty() ? QString(errorCodeName(error.code)) : error.detail;
    if (!error.place.isEmpty())
        text = error.place + QStringLiteral(": ") + text;
    const QString hint = advice(error.code);
    return hint.isEmpty() ? text : text + QStringLiteral(" (") + hint + u')';
}

int exitCodeOf(const Error& error)
{
    switch (error.code) {
    case ErrorCode::WrongCredentials:
    case ErrorCode::TokenRejected:
    case ErrorCode::ScopeMissing:
    case ErrorCode::RateLimited:
    case ErrorCode::Keychain:
        return ExitAuthentication;
    case ErrorCode::Network:
    case ErrorCode::Timeout:
    case ErrorCode::Tls:
    case ErrorCode::Refused:
    case ErrorCode::Protocol:
    case ErrorCode::Closed:
        return ExitConnection;
    case ErrorCode::InvalidArgument:
        return ExitUsage;
    case ErrorCode::Cancelled:
        return ExitInterrupted;
    case ErrorCode::NotFound:
    case ErrorCode::Io:
    case ErrorCode::Parse:
    case ErrorCode::Unsupported:
    case ErrorCode::Storage:
    case ErrorCode::Busy:
        break;
    }
    return ExitFailure;
}

QString grouped(quint64 number)
{
    QLocale english(QLocale::English, QLocale::UnitedStates);
    return english.toString(number);
}

QString inBytes(quint64 bytes)
{
    if (bytes < 1024)
        return QString::number(bytes) + QStringLiteral(" B");
    const char* const units[] = {"KiB", "MiB", "GiB", "TiB"};
    double value = double(bytes) / 1024;
    std::size_t unit = 0;
    for (; value >= 1024 && unit + 1 < std::size(units); ++unit)
        value /= 1024;
    return fixed(value, 1) + u' ' + QString::fromLatin1(units[unit]);
}

QString inTime(qint64 ns)
{
    if (ns < 10'000)
        return fixed(double(ns) / 1e3, 1) + QStringLiteral(" µs");
    if (ns < 1'000'000)
        return fixed(double(ns) / 1e3, 0) + QStringLiteral(" µs");
    if (ns < 1'000'000'000)
        return fixed(double(ns) / 1e6, 1) + QStringLiteral(" ms");
    return fixed(double(ns) / 1e9, 1) + QStringLiteral(" s");
}

QString inSeconds(double seconds)
{
    if (seconds < 100)
        return fixed(seconds, 1) + QStringLiteral(" s");
    const qint64 whole = qint64(seconds);
    if (whole < 3600)
        return QStringLiteral("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return QStringLiteral("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60);
}

QString inPercent(double fraction)
{
    // Rounded down: one bad frame in a million is not "100.00 %".
    return fixed(std::floor(fraction * 10'000) / 100, 2) + QStringLiteral(" %");
}

} // namespace framescope::cli
