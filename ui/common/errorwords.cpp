#include "ui/common/errorwords.h"

#include "ui/common/plaintext.h"

#include <QCoreApplication>

namespace framescope {

namespace {

constexpr qsizetype longestParticular = 300;

QString errorText(const char* text)
{
    return QCoreApplication::translate("Errors", text);
}

QString whatHappened(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
        return errorText("A setting is not valid");
    case ErrorCode::NotFound:
        return errorText("It does not exist");
    case ErrorCode::Io:
        return errorText("Reading or writing failed");
    case ErrorCode::Parse:
        return errorText("The content is not what it should be");
    case ErrorCode::Unsupported:
        return errorText("This version cannot read it");
    case ErrorCode::Network:
        return errorText("The network connection failed");
    case ErrorCode::Timeout:
        return errorText("The other side did not answer in time");
    case ErrorCode::Tls:
        return errorText("The certificate was not accepted");
    case ErrorCode::Refused:
        return errorText("Refused here, for safety");
    case ErrorCode::WrongCredentials:
        return errorText("The client id or secret was not accepted");
    case ErrorCode::TokenRejected:
        return errorText("The stream refused the token, a fresh one too");
    case ErrorCode::ScopeMissing:
        return errorText("The client may not read this stream");
    case ErrorCode::RateLimited:
        return errorText("The service asked to slow down, and the tries are used up");
    case ErrorCode::Protocol:
        return errorText("The other side broke the protocol");
    case ErrorCode::Closed:
        return errorText("The stream was closed");
    case ErrorCode::Keychain:
        return errorText("The keyring did not help");
    case ErrorCode::Storage:
        return errorText("The session file could not be read or written");
    case ErrorCode::Busy:
        return errorText("Another program holds the session file");
    case ErrorCode::Cancelled:
        return errorText("Stopped");
    }
    return errorText("Something failed");
}

} // namespace

QString errorNextStep(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Network:
        return errorText("Check the address, the region and the network.");
    case ErrorCode::Timeout:
        return errorText("Check the address and whether a proxy stands in between.");
    case ErrorCode::Tls:
        return errorText("Name the CA file of your proxy or server in the profile.");
    case ErrorCode::Refused:
        return errorText("Use wss and https; ws and http are for this machine only.");
    case ErrorCode::WrongCredentials:
        return errorText("Check client id, secret and region.");
    case ErrorCode::TokenRejected:
        return errorText("Check that token URL and stream URL belong to the same region.");
    case ErrorCode::ScopeMissing:
        return errorText("Give the client's role the scope, or correct it in the profile.");
    case ErrorCode::RateLimited:
        return errorText("Try again in a minute.");
    case ErrorCode::Busy:
        return errorText("Close it there first.");
    default:
        return {};
    }
}

QString errorSentence(const Error& error)
{
    QString sentence = whatHappened(error.code);
    if (!error.detail.isEmpty())
        sentence += QStringLiteral(": ") + visibleText(error.detail.left(longestParticular));
    if (!error.place.isEmpty()) {
        const bool isSentence = sentence.endsWith(QLatin1Char('.')); // the place goes behind it, not into it
        const QString place = visibleText(error.place.left(longestParticular));
        sentence += isSentence ? QStringLiteral(" (%1)").arg(place) : QStringLiteral(", ") + place;
    }
    if (!sentence.endsWith(QLatin1Char('.')) && !sentence.endsWith(QChar(0x2026)))
        sentence += QLatin1Char('.');
    const QString next = errorNextStep(error.code);
    return next.isEmpty() ? sentence : sentence + QLatin1Char(' ') + next;
}

} // namespace framescope
