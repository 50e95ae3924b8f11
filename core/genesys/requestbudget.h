#pragma once
/// How many requests of the last minute there were, and when the next may go: the service counts them for each token
/// and answers 429 beyond its limit (300 by default).
///
/// We stop at nine tenths, so that other programs with the same client, and the service's own counting, have room.
/// Thread: one; a plain value with the time given.
#include "core/genesys/notificationconfig.h"

#include <chrono>
#include <deque>

namespace framescope {

class RequestBudget
{
public:
    explicit RequestBudget(int limit = ServiceLimit::requestsPerMinute,
                           std::chrono::milliseconds window = std::chrono::minutes(1));

    void note(qint64 monoNs);
    /// 0: now; else the monotonic time from which a request may go.
    [[nodiscard]] qint64 nextMonoNs(qint64 monoNs);
    [[nodiscard]] int used(qint64 monoNs);
    [[nodiscard]] int limit() const { return m_limit; }

private:
    void forget(qint64 monoNs);

    int m_limit;
    qint64 m_windowNs;
    std::deque<qint64> m_sent; ///< never more than the limit: nothing goes beyond it
};

} // namespace framescope
