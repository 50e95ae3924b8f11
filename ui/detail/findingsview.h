#pragma once
/// The tab Findings of the detail pane: one card a finding, or a calm word of acceptance, then the payload in short.
/// Thread: gui. Cards are kept and reused.
#include "core/frame/frame.h"

#include <QScrollArea>

class QLabel;
class QVBoxLayout;

namespace framescope {

class DecodedSummary;
class FactSheet;
class FindingCard;

class FindingsView : public QScrollArea
{
    Q_OBJECT

public:
    explicit FindingsView(QWidget* parent = nullptr);

    void setFrame(const Frame& frame);
    /// Number of cards shown now.
    [[nodiscard]] int cardCount() const { return m_shownCards; }
    [[nodiscard]] QString plainText() const;

Q_SIGNALS:
    void filterRequested(const QString& expression);
    void nextSameRequested(framescope::FindingId id);

private:
    FindingCard* cardAt(int index);
    void showAcceptance(const Frame& frame);

    QWidget* m_content;
    QVBoxLayout* m_cardColumn;
    FactSheet* m_acceptance;
    QLabel* m_decodedTitle;
    DecodedSummary* m_decoded;
    std::vector<FindingCard*> m_cards;
    int m_shownCards = 0;
};

} // namespace framescope
