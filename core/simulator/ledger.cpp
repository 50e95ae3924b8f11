#include "core/simulator/ledger.h"

namespace framescope {

void LedgerBook::addMessages(quint64 count, quint64 payloadBytes)
{
    const std::lock_guard lock(m_mutex);
    m_ledger.messages += count;
    m_ledger.bytes += payloadBytes;
}

void LedgerBook::addConnection()
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.connections;
}

void LedgerBook::addToken()
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.tokensIssued;
}

void LedgerBook::addFault(Fault fault, quint64 frame)
{
    const FaultInfo& info = faultInfo(fault);
    addFault(fault, info.finding, info.event, frame);
}

void LedgerBook::addFault(Fault fault, QByteArray finding, QByteArray event, quint64 frame)
{
    const std::lock_guard lock(m_mutex);
    ++m_ledger.faultCount;
    if (m_ledger.faults.size() < mostFaults)
        m_ledger.faults.push_back({faultInfo(fault).name, std::move(finding), std::move(event), frame});
}

void LedgerBook::finish()
{
    const std::lock_guard lock(m_mutex);
    m_ledger.finished = true;
}

SimulatorLedger LedgerBook::read() const
{
    const std::lock_guard lock(m_mutex);
    return m_ledger;
}

} // namespace framescope
