#include "core/base/error.h"

namespace framescope {

QLatin1String errorCodeName(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
        return QLatin1String("invalid-argument");
    case ErrorCode::NotFound:
        return QLatin1String("not-found");
    case ErrorCode::Io:
        return QLatin1String("io");
    case ErrorCode::Parse:
        return QLatin1String("parse");
    case ErrorCode::Unsupported:
        return QLatin1String("unsupported");
    case ErrorCode::Network:
        return QLatin1String("network");
    case ErrorCode::Timeout:
        return QLatin1String("timeout");
    case ErrorCode::Tls:
        return QLatin1String("tls");
    case ErrorCode::Refused:
        return QLatin1String("refused");
    case ErrorCode::WrongCredentials:
        return QLatin1String("wrong-credentials");
    case ErrorCode::TokenRejected:
        return QLatin1String("token-rejected");
    case ErrorCode::ScopeMissing:
        return QLatin1String("scope-missing");
    case ErrorCode::RateLimited:
        return QLatin1String("rate-limited");
    case ErrorCode::Protocol:
        return QLatin1String("protocol");
    case ErrorCode::Closed:
        return QLatin1String("closed");
    case ErrorCode::Keychain:
        return QLatin1String("keychain");
    case ErrorCode::Storage:
        return QLatin1String("storage");
    case ErrorCode::Busy:
        return QLatin1String("busy");
    case ErrorCode::Cancelled:
        return QLatin1String("cancelled");
    }
    return QLatin1String("unknown");
}

} // namespace framescope
